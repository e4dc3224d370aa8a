package main

import (
	"os"
)

// certCSRCmd makes a request for an existing key: a certificate is renewed, or a CA signs it.
type certCSRCmd struct {
	subjectFlags
	Key  string `required:"" placeholder:"FILE" help:"Private key (PEM, not encrypted)."`
	Out  string `placeholder:"FILE" help:"Where to write the request; standard output by default. Never overwrites."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*certCSRCmd) Help() string {
	return `The request (PKCS #10) asks for the purpose that services demand: digitalSignature and clientAuth, signed with SHA-256.

Exit codes: 0 made, 2 usage, or the file exists.

Examples:

	mss cert csr --key tls/client.key --cn mobileid.company.example --o Company --c CH
	mss cert csr --key tls/client.key --cn mobileid.company.example --out renewal.csr`
}

// certCSRReport is what --json prints.
type certCSRReport struct {
	Request string `json:"request,omitempty"` // the file
	PEM     string `json:"pem,omitempty"`     // where there is no file
}

func (c *certCSRCmd) Run(a *app) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	data, err := readBounded(c.Key, maxCredentials)
	if err != nil {
		return usagef("--key: %v", err)
	}
	cred, err := parseCredentialsPEM(data)
	if err != nil {
		return usagef("--key: %v", err)
	}
	if cred.key == nil {
		return usagef("--key: the file holds no private key")
	}
	der, err := newRequest(name, cred.key)
	if err != nil {
		return usagef("--key: %v", err)
	}
	r := certCSRReport{Request: c.Out}
	if c.Out == "" {
		r.PEM = string(requestPEM(der))
	} else if err := writeNew(c.Out, requestPEM(der), 0o644); err != nil {
		if os.IsExist(err) {
			return usagef("--out: %s exists and is not overwritten", c.Out)
		}
		return usagef("--out: %v", err)
	}
	if c.JSON {
		return a.printJSON(r)
	}
	_, err = a.stdout.Write([]byte(r.PEM))
	return err
}
