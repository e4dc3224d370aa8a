package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// parseBinding reads soap or rest, as the operator's guide calls the two forms; "" is soap.
func parseBinding(name string) (mssp.Binding, bool) {
	for _, b := range []mssp.Binding{mssp.SOAP, mssp.JSON} {
		if name == b.String() {
			return b, true
		}
	}
	return mssp.SOAP, name == ""
}

// geofencingFlag is --geofencing, or --geofencing=POLICY.
type geofencingFlag struct{ asked *mssp.Geofencing }

// IsBool lets the flag stand without a value.
func (*geofencingFlag) IsBool() bool { return true }

// Decode reads the policy, if there is one.
func (g *geofencingFlag) Decode(ctx *kong.DecodeContext) error {
	g.asked = new(mssp.Geofencing)
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	token := ctx.Scan.Pop()
	policy, local, err := parsePolicy(fmt.Sprint(token.Value))
	if err != nil {
		return err
	}
	g.asked.Policy, g.asked.Local = policy, local
	return nil
}

// parsePolicy reads rules that are separated by commas: allow=CH+LI, deny=RU, location=0.7, device=0.5, age=10m,
// accuracy=1000 and local.
func parsePolicy(s string) (policy *mssp.LocationPolicy, local bool, err error) {
	policy = new(mssp.LocationPolicy)
	for rule := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(rule, "=")
		switch name {
		case "allow":
			policy.Allow = strings.Split(value, "+")
		case "deny":
			policy.Deny = strings.Split(value, "+")
		case "location":
			policy.MinLocationConfidence, err = strconv.ParseFloat(value, 64)
		case "device":
			policy.MinDeviceConfidence, err = strconv.ParseFloat(value, 64)
		case "age":
			policy.MaxAge, err = time.ParseDuration(value)
		case "accuracy":
			policy.MaxAccuracy, err = strconv.Atoi(value)
		case "local":
			local = true
		default:
			return nil, false, fmt.Errorf("%q is no rule", name)
		}
		if err != nil {
			return nil, false, fmt.Errorf("%s: cannot be read", name)
		}
	}
	return policy, local, nil
}

// data is what is to be signed: the text, or the transaction in a file.
func (c *signCmd) data() (display string, data mss.Data, err error) {
	if c.Txn == "" {
		return c.Text, mss.Data{}, nil
	}
	doc, err := readBounded(c.Txn, maxConfigFile)
	if err != nil {
		return "", mss.Data{}, usagef("--txn: %v", err)
	}
	data, err = mssp.ParseApproval(doc)
	if err != nil {
		return "", mss.Data{}, usagef("--txn: %s: %v", c.Txn, err)
	}
	return "", data, nil
}
