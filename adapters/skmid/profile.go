package skmid

import (
	"context"
	"crypto/x509"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// ProfileQuery asks for the person's signing certificate (POST /certificate): Profile.Certificates is one chain of it alone, as
// Request.Key takes it. No phone rings, whatever the error; mss.MayHaveRung says nothing about it. Somebody without Mobile-ID is
// a *mss.Fault with code 422.
func (c *Client) ProfileQuery(ctx context.Context, u mss.User) (*mss.Profile, error) {
	cert, err := c.certificate(ctx, u, newTransID())
	if err != nil {
		return nil, err
	}
	return &mss.Profile{Certificates: [][]*x509.Certificate{{cert}}}, nil
}

// certificate fetches the signing certificate, as an operation of its own for the observer. Nothing of it is believed.
func (c *Client) certificate(ctx context.Context, u mss.User, transID string) (*x509.Certificate, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpProfileQuery})
	k.Named(transID, "")
	cert, err := c.fetch(ctx, u, k)
	k.Done(ctx, err)
	return cert, err
}

func (c *Client) fetch(ctx context.Context, u mss.User, k *observe.Call) (*x509.Certificate, error) {
	_, code, err := c.address(u)
	if err != nil {
		return nil, err
	}
	var a certificateAnswer
	err = c.send(ctx, exchange{
		operation: mss.OpProfileQuery,
		path:      "/certificate",
		message:   certificateRequest{party: c.party(), person: person{Phone: u.MSISDN.Reveal(), Code: code}},
		timeout:   answerTime,
		call:      k,
		read: func(body []byte) (mss.Code, error) {
			if err := strictjson.Unmarshal(body, &a); err != nil {
				return 0, err
			}
			if a.Result != resultOK {
				return certificateFault(&a).Code, nil
			}
			return mss.StatusRequestOK, nil
		},
	})
	if err != nil {
		return nil, err
	}
	if a.Result != resultOK {
		return nil, certificateFault(&a)
	}
	der, err := decodeBase64(a.Cert, maxCertificate)
	if err == nil {
		var cert *x509.Certificate
		if cert, err = parseCertificate(der); err == nil {
			return cert, nil
		}
	}
	return nil, failed("certificate", err)
}
