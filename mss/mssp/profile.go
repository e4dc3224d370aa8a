package mssp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
)

// ProfileQuery asks what the person can sign with: MSS_ProfileQuery, with Dialect.ProfileParams. No phone rings, so the
// message may go out a second time where a kept connection broke, and mss.MayHaveRung says nothing about its errors.
// Profile.Details is a *ProfileDetails. Somebody who cannot sign is a *mss.Fault, such as 105 or 404.
//
// Nothing of the answer is believed, and so test numbers may be asked for without Config.AllowTestNumbers. What cannot be
// read, one certificate among many included, makes the whole answer a *mss.VerificationError with Check "profile".
func (c *Client) ProfileQuery(ctx context.Context, u mss.User) (*mss.Profile, error) {
	ctx, k := c.observe(ctx, mss.Event{Operation: mss.OpProfileQuery})
	p, err := c.profileQuery(ctx, u, k)
	k.done(ctx, err)
	return p, err
}

func (c *Client) profileQuery(ctx context.Context, u mss.User, k *call) (*mss.Profile, error) {
	if err := checkMSISDN("User.MSISDN", u.MSISDN); err != nil {
		return nil, err
	}
	now, err := c.now()
	if err != nil {
		return nil, err
	}
	var transID string
	query := func() etsi.Message {
		transID = newTransID()
		k.named(transID, "")
		return c.profileReq(transID, u.MSISDN, now)
	}
	a, err := c.send(ctx, exchange{
		op:      etsi.OpProfileQuery,
		url:     c.wire.Endpoints.ProfileQuery,
		message: query(),
		renew:   query,
		timeout: c.cfg.Dialect.AnswerTimeout,
		text:    "Dialect.ProfileParams",
		call:    k,
	})
	if err != nil {
		return nil, err
	}
	if a.fault != nil {
		return nil, newFault(a.fault, mss.OpProfileQuery)
	}
	resp := a.message.(*etsi.ProfileResp)
	if err := c.checkNameless(&resp.MessageAbstract, transID, resp.Status); err != nil {
		return nil, err
	}
	p, err := readProfile(resp)
	if err != nil {
		return nil, failed("profile", err, nil)
	}
	return p, nil
}

// checkMSISDN accepts a number that mss.ParseMSISDN made.
func checkMSISDN(field string, m mss.MSISDN) error {
	if m.IsZero() {
		return &mss.RequestError{Field: field, Reason: "is required: a mobile signature service finds the person by number"}
	}
	if parsed, err := mss.ParseMSISDN(m.Reveal()); err != nil || parsed != m {
		return &mss.RequestError{Field: field, Reason: "was not made by mss.ParseMSISDN"}
	}
	return nil
}

// profileReq builds MSS_ProfileReq (TS 102 204 clause 8.10, guide section 3.5.1): all parameters are one list.
func (c *Client) profileReq(transID string, m mss.MSISDN, now time.Time) *etsi.ProfileReq {
	req := &etsi.ProfileReq{
		MessageAbstract: c.abstract(transID, c.wire.ProfileQuery, now),
		MobileUser:      etsi.MobileUser{MSISDN: new(m.Digits())},
	}
	if params := c.cfg.Dialect.ProfileParams; len(params) > 0 {
		req.Items = []etsi.ProfileReqItem{{Params: slices.Clone(params)}}
	}
	return req
}

// Bounds of an answer. The service was seen with four signature profiles, and with three certificates in a chain.
const (
	maxProfiles   = 64
	maxProfileURI = 256 // octets
	maxWord       = 64  // characters of a state, an algorithm, a network; more are cut
)

// readProfile reads an answer, in the form of the guide's section 3.5.2 or in the older ones.
func readProfile(resp *etsi.ProfileResp) (*mss.Profile, error) {
	if len(resp.SignatureProfile) > maxProfiles {
		return nil, fmt.Errorf("SignatureProfile: more than %d", maxProfiles)
	}
	p := new(mss.Profile)
	for i := range resp.SignatureProfile {
		uri := profileURI(&resp.SignatureProfile[i])
		if !isProfile(uri) {
			return nil, fmt.Errorf("SignatureProfile[%d]: no URI of at most %d octets", i+1, maxProfileURI)
		}
		p.SignatureProfiles = append(p.SignatureProfiles, strings.Clone(uri))
	}
	ext, err := profileExtension(resp.Status.StatusDetail)
	if err != nil {
		return nil, err
	}
	r := new(profileReader)
	d := r.details(ext)
	if r.err != nil {
		return nil, r.err
	}
	p.Details, p.Certificates = d, d.chains()
	return p, nil
}

// profileExtension returns the ProfileQueryExtension; an empty one where there is none.
func profileExtension(detail *etsi.StatusDetail) (*etsi.McsProfileQueryExtension, error) {
	var found *etsi.McsProfileQueryExtension
	if detail != nil {
		for _, item := range detail.Items {
			if item.ProfileQueryExtension == nil {
				continue
			}
			if found != nil {
				return nil, errors.New("more than one ProfileQueryExtension")
			}
			found = item.ProfileQueryExtension
		}
	}
	if found == nil {
		found = new(etsi.McsProfileQueryExtension)
	}
	return found, nil
}

// word makes a word of the provider's safe to print and to keep: the decoded one keeps the whole document alive.
func word(s *string) string {
	if s == nil {
		return ""
	}
	return strings.Clone(redact.Clean(strings.TrimSpace(*s), maxWord))
}
