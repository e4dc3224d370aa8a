package bankid

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Details are what BankID says beside the signature, for Signature.Asserted. None of it is signed. It prints without what it
// holds.
type Details struct {
	// Risk is BankID's assessment where Options.ReturnRisk asked for it: "low", "moderate" or "high", with which BankID advises
	// to stop. "" where it could not tell.
	Risk string

	// DeviceIP is the address of the device with the app. On mobile networks and behind proxies it differs from
	// Request.EndUserIP for honest people. Zero where it is missing.
	DeviceIP netip.Addr

	DeviceID mss.Private // identifies the device with the app (uhi)
	Issued   time.Time   // the day on which the person's BankID was issued; zero where it is missing

	// DocumentRead reports whether the person's passport or identity card was read (stepUp/mrtd); nil where BankID does not
	// say. Requirement.MRTD asks for it.
	DocumentRead *bool
}

// Format writes the type alone, whatever the verb and flags are.
func (Details) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, "bankid.Details") }

// MarshalText writes the type alone, for encoding/json, encoding/xml and log/slog.
func (Details) MarshalText() ([]byte, error) { return []byte("bankid.Details"), nil }

// completion is completionData of an order that is complete.
type completion struct {
	User struct {
		PersonalNumber string `json:"personalNumber"`
	} `json:"user"`
	Signature    string          `json:"signature"`
	OCSPResponse string          `json:"ocspResponse"`
	Risk         text            `json:"risk"`
	Issued       text            `json:"bankIdIssueDate"`
	Device       json.RawMessage `json:"device"`
	StepUp       json.RawMessage `json:"stepUp"`
}

// readOutcome reads an outcome. Its error is a *mss.Fault where the order failed, and a *mss.VerificationError with the check
// "answer" otherwise.
func readOutcome(ev *mss.Evidence) (*completion, error) {
	a, err := readStatus(ev.Raw, ev.Transaction.MSSPTransID)
	if err != nil {
		return nil, failed("answer", err)
	}
	switch a.Status {
	case statusComplete:
		c, err := readCompletion(ev.Raw)
		if err != nil {
			return nil, failed("answer", err)
		}
		return c, nil
	case statusFailed:
		return nil, outcomeFault(string(a.Hint))
	}
	return nil, failed("answer", errors.New("the order is not over"))
}

// readCompletion reads what came with the status "complete".
func readCompletion(body []byte) (*completion, error) {
	var a struct {
		Data *completion `json:"completionData"`
	}
	if err := strictjson.Unmarshal(body, &a); err != nil {
		return nil, err
	}
	switch {
	case a.Data == nil, a.Data.Signature == "", a.Data.OCSPResponse == "", a.Data.User.PersonalNumber == "":
		return nil, errors.New("the order is complete, but a part of completionData is missing")
	}
	return a.Data, nil
}

// details reads what BankID may change at any time, and leaves out what it cannot read.
func (c *completion) details() *Details {
	var device struct {
		IP  text `json:"ipAddress"`
		UHI text `json:"uhi"`
	}
	var stepUp struct {
		MRTD *bool `json:"mrtd"`
	}
	_ = json.Unmarshal(c.Device, &device)
	if json.Unmarshal(c.StepUp, &stepUp) != nil {
		stepUp.MRTD = nil
	}
	d := &Details{Risk: native(c.Risk), DeviceID: mss.Conceal(string(device.UHI)), DocumentRead: stepUp.MRTD}
	d.DeviceIP, _ = netip.ParseAddr(string(device.IP))
	// Seen as "2020-02-01", "2020-02-01Z" and "2020-02-01+00:00": the zone of a day is of no use.
	if day := string(c.Issued); len(day) >= len(time.DateOnly) {
		d.Issued, _ = time.Parse(time.DateOnly, day[:len(time.DateOnly)])
	}
	return d
}
