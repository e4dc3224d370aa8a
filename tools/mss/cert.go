package main

import (
	"crypto/x509/pkix"
	"unicode"
	"unicode/utf8"
)

// certCmd makes and looks at client certificates: what a service knows its customer by.
type certCmd struct {
	New  certNewCmd  `cmd:"" help:"Make a key, a request and a self-signed client certificate."`
	CSR  certCSRCmd  `cmd:"" name:"csr" help:"Make a certificate request for a key that exists."`
	Show certShowCmd `cmd:"" help:"Show what the operator registers, and what is wrong with it."`
}

// Help is printed before the commands.
func (*certCmd) Help() string {
	return `A service knows its customer by a client certificate, which may be self-signed. The operator registers it; the key never leaves this machine.

Examples:

	mss cert new --cn mobileid.company.example --o Company --c CH --out tls
	mss cert csr --key tls/client.key --cn mobileid.company.example
	mss cert show tls/client.pem --key tls/client.key`
}

// subjectFlags are the name in a certificate: as `openssl req -subj` has it in the guide's section 8.
type subjectFlags struct {
	CN string `name:"cn" required:"" placeholder:"NAME" help:"Common name, such as mobileid.company.example; at most 64 characters."`
	O  string `name:"o" placeholder:"ORG" help:"Organisation; at most 64 characters."`
	C  string `name:"c" placeholder:"CC" help:"Country: two capital letters (ISO 3166-1)."`
}

// maxName is the upper bound of a common name and of an organisation, in characters (RFC 5280 appendix A.1).
const maxName = 64

// name makes the subject.
func (f *subjectFlags) name() (pkix.Name, error) {
	for _, part := range []struct{ flag, text string }{{"--cn", f.CN}, {"--o", f.O}} {
		if err := checkName(part.flag, part.text); err != nil {
			return pkix.Name{}, err
		}
	}
	if f.CN == "" {
		return pkix.Name{}, usagef("--cn: is empty")
	}
	name := pkix.Name{CommonName: f.CN}
	if f.O != "" {
		name.Organization = []string{f.O}
	}
	if f.C != "" {
		if len(f.C) != 2 || f.C[0] < 'A' || f.C[0] > 'Z' || f.C[1] < 'A' || f.C[1] > 'Z' {
			return pkix.Name{}, usagef("--c: must be two capital letters, such as CH")
		}
		name.Country = []string{f.C}
	}
	return name, nil
}

func checkName(flag, text string) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxName {
		return usagef("%s: must be UTF-8 of at most %d characters", flag, maxName)
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return usagef("%s: holds a character that cannot be printed", flag)
		}
	}
	return nil
}
