package main

import (
	"cmp"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// msspProvider is a Mobile Signature Service of ETSI TS 102 204, such as Swisscom Mobile ID.
func msspProvider() *provider {
	return &provider{
		name:    providerMSSP,
		anchors: mss.LoadAnchors,
		keys: []string{
			"binding", "signature_url", "status_url", "receipt_url", "profile_url", "ap_id", "ap_password_file", "prefix", "profile",
			"cert_file", "key_file", "pkcs12_file", "pkcs12_password_file", "redirect_schemes",
		},
		required: []string{"url", "environment", "ap_id", "tls_roots", "anchors"},
		flags: []string{
			"--msisdn", "--txn", "--profile", "--mode", "--timeout", "--code", "--binding", "--geofencing", "--app2app", "--receipt",
			"--allow-test-numbers", "--record", "--trace", "--keep-signature",
		},
		clientCert: true,
		simulate: func(a *app, o opening) (*account, func(), error) {
			b, _ := parseBinding(o.binding) // one of the two, by the grammar
			return a.connectSimulator(cmp.Or(o.profile, simulatedProfile), b, o.rec)
		},
		connect: (*app).connectMSSP,
		check:   (*signCmd).checkMSSP,
		user:    msspUser,
		fill:    (*signCmd).fillMSSP,
		lines:   (*configInitCmd).msspLines,
	}
}

func (c *signCmd) checkMSSP() error {
	var flags []string
	if c.MSISDN == "" {
		flags = append(flags, "--msisdn=NUMBER")
	}
	if c.Text == "" && c.Txn == "" {
		flags = append(flags, "--text=TEXT or --txn=FILE")
	}
	if flags != nil {
		return missing(flags...)
	}
	return nil
}

func msspUser(msisdn, _, _ string) (mss.User, error) {
	number, err := mss.ParseMSISDN(msisdn)
	return mss.User{MSISDN: number}, err
}

// fillMSSP has the text signed, or a transaction in a file.
func (c *signCmd) fillMSSP(req *mss.Request) (err error) {
	req.Options = mssp.Options{Geofencing: c.Geofencing.asked, RedirectURI: c.App2App}
	req.Display, req.Data, err = c.data()
	return err
}
