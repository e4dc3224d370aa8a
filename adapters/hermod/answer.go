package hermod

import (
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

// What state.Format holds: the formats as they are called by default. On the wire Inferred has their names.
const (
	formatJWS   = "jws"
	formatPKCS7 = "pkcs7"
)

// formatName is params.format for what state.Format holds, and the contenttype that the result should have.
func (t *Inferred) formatName(format string) string {
	if format == formatJWS {
		return t.JWS
	}
	return t.PKCS7
}

// readSigned returns the result in the record of a callback, where the record is of this command, from a Hermod that is
// configured, and says that the device whose key was to sign has signed. Nothing here is signed: the checks keep answers and
// commands apart, and a signature is looked at only after them. Its error is a *mss.Fault or a *mss.VerificationError.
func (v *Verifier) readSigned(ev *mss.Evidence, st *state) (*result, error) {
	r, d, err := v.openAnswer(ev, st)
	if err != nil {
		return nil, err
	}
	if !v.isHost(r.FQDN, ev.Transaction.Provider) {
		return nil, failed("host", errors.New("fqdn: is none of the configured hosts"))
	}
	// That a record of AUTH or SIGN names a profile is inferred from that of CERT, so it may be missing: the signature says
	// whose key it was.
	if d.PID != "" && d.PID != st.ProfileID {
		return nil, failed("destination", errors.New("pid: the profile that answered is not the one whose key was to sign"))
	}
	answer := r.Response.Result
	if answer == nil || answer.Data == "" {
		return nil, failed("result", errors.New("is a success, but there is no signature"))
	}
	if answer.ContentType != v.cfg.Inferred.formatName(st.Format) {
		return nil, failed("format", errors.New("result.contenttype: is not the format that was asked for"))
	}
	return answer, nil
}

// checkCommand checks that the record is of this command: the number of the command, which can be guessed, and our own id, which
// cannot (SEC-22).
func (r *record) checkCommand(tx *mss.Transaction, st *state, t *Inferred) error {
	switch {
	case r.ExternalID != st.ExternalID:
		return errors.New("externalId: is of another command")
	case transIDPrefix+r.CommandID != tx.MSSPTransID:
		return errors.New("commandId: is of another command")
	case r.CommandType != t.names(st.Kind).Type:
		return errors.New("commandType: is of another kind of command")
	}
	return nil
}

// transIDPrefix makes a commandId, which is a number, an NCName: what an MSSP_TransID is.
const transIDPrefix = "h"

// isHost reports whether a Hermod that is configured calls itself so. Names of hosts are compared without case (RFC 4343).
func (v *Verifier) isHost(fqdn, scope string) bool {
	hosts := v.cfg.Hosts
	if len(hosts) == 0 {
		hosts = []string{scopeHost(scope)}
	}
	return fqdn != "" && slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, fqdn) })
}

// scopeHost is the host in a transaction's scope, without port; "" where there is none.
func scopeHost(scope string) string {
	parts := strings.Split(scope, "|")
	if len(parts) != 4 {
		return ""
	}
	if host, _, err := net.SplitHostPort(parts[2]); err == nil {
		return host
	}
	return strings.Trim(parts[2], "[]") // there is no port
}
