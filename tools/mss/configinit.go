package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// configCmd writes and checks configurations.
type configCmd struct {
	Init  configInitCmd  `cmd:"" help:"Write a commented configuration."`
	Check configCheckCmd `cmd:"" help:"Check a configuration without ringing a phone."`
}

// Help is printed before the commands.
func (*configCmd) Help() string {
	return `docs/cli.md explains every key.

Examples:

	mss config init --apid mid://company.example --prefix "Bank ACME: " --cert tls/client.pem --key tls/client.key
	mss config check --config mss.yaml --online`
}

// configInitCmd writes a file to begin with. What the operator assigns and no flag gives becomes a placeholder.
type configInitCmd struct {
	Provider string   `enum:"mssp,skmid,bankid," default:"" placeholder:"mssp|skmid|bankid" help:"Kind of service: mssp, for Swisscom Mobile ID, skmid, SK Mobile-ID, or bankid, Swedish BankID; mssp by default."`
	Out      string   `default:"mss.yaml" placeholder:"FILE" help:"The file; mss.yaml by default. Never overwrites."`
	APID     string   `name:"apid" placeholder:"ID" help:"AP_ID that the operator assigned."`
	Prefix   string   `placeholder:"TEXT" help:"Prefix of every text, as assigned, with the space at its end."`
	Cert     string   `placeholder:"FILE" help:"Client certificate (PEM)."`
	Key      string   `placeholder:"FILE" help:"Its private key (PEM)."`
	Roots    []string `sep:"none" placeholder:"FILE" help:"Root of the server's certificate; repeatable."`
	Anchors  []string `sep:"none" placeholder:"FILE" help:"Roots of user signatures, such as trust fetch writes; repeatable."`
	Lang     string   `enum:"en,de,fr,it,et,ru,lt,sv" default:"en" placeholder:"en|de|fr|it|et|ru|lt|sv" help:"Language of texts; en by default. et, ru and lt are of skmid, de, fr and it of mssp, sv of bankid."`
	Profile  string   `placeholder:"URI" help:"Signature profile, such as http://mid.swisscom.ch/Any-LoA4."`
	JSON     bool     `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*configInitCmd) Help() string {
	return `The file is for Swisscom Mobile ID in production, or with --provider for SK Mobile-ID or BankID, readable by its owner alone. What is not known yet is a placeholder in angle brackets, of which mss config check reminds you. File names of the flags are relative to the current directory; those in the file are relative to the file.

Exit codes: 0 written, 2 usage, or the file exists.

Examples:

	mss config init
	mss config init --apid mid://company.example --cert tls/client.pem --key tls/client.key --anchors anchors.pem --out etc/mss.yaml
	mss config init --provider skmid --lang et --roots digicert.pem --anchors sk --out mobileid-ee.yaml
	mss config init --provider bankid --lang sv --cert rp.pem --key rp.key --roots bankid-tls.pem --anchors bankid-root.pem --out bankid.yaml`
}

// configInitReport is what --json prints.
type configInitReport struct {
	File         string   `json:"file"`
	Placeholders []string `json:"placeholders"` // keys that are to be filled in
}

func (c *configInitCmd) Run(a *app) error {
	r := configInitReport{File: c.Out, Placeholders: []string{}}
	p, _ := providerNamed(c.Provider) // one of them, by the grammar
	if err := c.check(p); err != nil {
		return err
	}
	text, err := c.write(&r, p)
	if err != nil {
		return usagef("--out: %v", err)
	}
	if err := writeNew(c.Out, text, 0o600); err != nil {
		if os.IsExist(err) {
			return usagef("--out: %s exists and is not overwritten; choose another name", c.Out)
		}
		return usagef("--out: %v", err)
	}
	if c.JSON {
		return a.printJSON(r)
	}
	fmt.Fprintf(a.stdout, "written to %s\n", c.Out)
	if len(r.Placeholders) > 0 {
		fmt.Fprintf(a.stdout, "to be filled in: %s\n", strings.Join(r.Placeholders, ", "))
	}
	_, err = fmt.Fprintf(a.stdout, "Next: mss config check --config %s\n", c.Out)
	return err
}

// initLine is one key of the file. Without a value it is written as a comment.
type initLine struct {
	key, comment string
	values       []string
}

// set is the value of a key that is known, or the placeholder that stands for it.
func set(value string, placeholder ...string) []string {
	return []string{cmp.Or(value, strings.Join(placeholder, ""))}
}

// msspLines are the keys of provider mssp in the order of docs/cli.md.
func (c *configInitCmd) msspLines() []initLine {
	return []initLine{
		{"provider", "Kind of service: mssp, which is the default, skmid or bankid.", nil},
		{"url", "Base address of the service; on a private line, https and an IP address, with server_name.", set("https://mobileid.swisscom.com")},
		{"binding", "Form of the messages: soap, which is the default, or rest.", nil},
		{"signature_url", "Address of an operation, where it is not at the provider's usual place below url.", nil},
		{"status_url", "The same for status queries.", nil},
		{"receipt_url", "The same for receipts.", nil},
		{"profile_url", "The same for profile queries.", nil},
		{"environment", "What signatures are worth: production, test or simulator.", set("production")},
		{"ap_id", "AP_ID that the operator assigned.", set(c.APID, "<AP_ID of your contract>")},
		{"ap_password_file", "File with the AP_PWD; Mobile ID needs none.", nil},
		{"prefix", "What every text must begin with, as assigned, with the space at its end.", set(c.Prefix, "<prefix of your contract>")},
		{"profile", "Signature profile: it decides what a signature is worth.", set(c.Profile, "<signature profile, such as http://mid.swisscom.ch/Any-LoA4>")},
		{"lang", "Language of texts: en, de, fr, it.", set(c.Lang)},
		{"cert_file", "Client certificate, registered with the operator; mss cert new makes one.", set(c.path(c.Cert), "<client.pem>")},
		{"key_file", "Its private key, not encrypted, readable by its owner alone.", set(c.path(c.Key), "<client.key>")},
		{"pkcs12_file", "Both in one file, instead of the two above.", nil},
		{"pkcs12_password_file", "File with its password.", nil},
		{"tls_roots", "Root of the server's certificate: SwissSign Gold CA - G2. mss trust check tells whether a file is it.", c.paths(c.Roots, "<tls-root.pem>")},
		{"server_name", "Name in the server's certificate, where url holds an IP address.", nil},
		{"pins", "SHA-256 fingerprints, one of which must be in the server's chain.", nil},
		{"key_pins", "SHA-256 of public keys, one of which must be the server's own.", nil},
		{"proxy", "http://host:port of a proxy that is asked to CONNECT.", nil},
		{"proxy_username", "For Basic authentication at the proxy.", nil},
		{"proxy_password_file", "File with the password for it.", nil},
		{"anchors", "Roots of user signatures; mss trust fetch downloads and checks them.", c.paths(c.Anchors, "<anchors.pem>")},
		{"redirect_schemes", "Schemes of your own app's links, for sign --app2app; https needs no mention.", nil},
		{"handle_key_file", "At least 32 random octets that seal handles of sign --no-wait: openssl rand -out FILE 32", nil},
		{"serials", "Store (SQLite) of the serial numbers that accounts are bound to, for sign --account.", nil},
	}
}

// write makes the file's text and notes the placeholders in it.
func (c *configInitCmd) write(r *configInitReport, p *provider) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Written by `mss config init`. Check it with: mss config check --config FILE\n" +
		"# File names are relative to this file. Every key can be overridden by a variable: MSS_URL, MSS_AP_ID and so on.\n")
	for _, l := range p.lines(c) {
		fmt.Fprintf(&b, "\n# %s\n", l.comment)
		if len(l.values) == 0 {
			fmt.Fprintf(&b, "#%s:\n", l.key)
			continue
		}
		quoted := make([]string, len(l.values))
		for i, v := range l.values {
			if isPlaceholder(v) {
				r.Placeholders = append(r.Placeholders, l.key)
			}
			text, err := quoteYAML(v)
			if err != nil {
				return nil, err
			}
			quoted[i] = text
		}
		if len(quoted) == 1 {
			fmt.Fprintf(&b, "%s: %s\n", l.key, quoted[0])
		} else {
			fmt.Fprintf(&b, "%s: [%s]\n", l.key, strings.Join(quoted, ", "))
		}
	}
	return b.Bytes(), nil
}

// quoteYAML writes a string of JSON, which is one of YAML: a prefix keeps the space at its end.
func quoteYAML(value string) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// isPlaceholder reports whether a value is still to be filled in.
func isPlaceholder(value string) bool {
	return strings.HasPrefix(value, "<") && strings.HasSuffix(value, ">")
}

// path makes a flag's file name one that is right in the configuration file.
func (c *configInitCmd) path(name string) string {
	if name == "" || filepath.Dir(c.Out) == "." {
		return name
	}
	if absolute, err := filepath.Abs(name); err == nil {
		return absolute
	}
	return name
}

func (c *configInitCmd) paths(names []string, placeholder string) (all []string) {
	for _, name := range names {
		all = append(all, c.path(name))
	}
	if len(all) == 0 {
		return []string{placeholder}
	}
	return all
}
