package main

import (
	"crypto/rand"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// certNewCmd makes what the guide's section 8 makes with openssl, and the purpose that its section 2.3 demands.
type certNewCmd struct {
	subjectFlags
	Out          string `required:"" placeholder:"DIR" help:"Directory for client.key, client.csr and client.pem; made if it does not exist."`
	RSA          string `name:"rsa" enum:"4096,3072,2048," default:"" placeholder:"4096|3072|2048" help:"RSA key of this many bits; 4096 by default."`
	EC           string `name:"ec" enum:"P-256," default:"" placeholder:"P-256" help:"EC key instead, on this curve; ask the operator first whether the service takes it."`
	Days         int    `default:"1825" placeholder:"DAYS" help:"How long the certificate is valid; 1825, five years, by default."`
	PKCS12       bool   `name:"pkcs12" help:"Write key and certificate also into client.p12 (PKCS #12, AES-256)."`
	PasswordFile string `placeholder:"FILE" help:"With --pkcs12: file with the password; - is standard input. Else MSS_PKCS12_PASSWORD, else one is made and written into client.p12.password."`
	JSON         bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*certNewCmd) Help() string {
	return `The certificate is self-signed, with SHA-256, for digital signatures of a TLS client (extended key usage clientAuth). Files that exist are never overwritten; the key is readable by its owner alone. A password is never taken from the command line, where others can see it.

Send client.pem to the operator, or client.csr if a CA of the operator's signs it. The key stays here.

Exit codes: 0 made, 2 usage, or a file exists.

Examples:

	mss cert new --cn mobileid.company.example --o Company --c CH --out tls
	mss cert new --cn mobileid.company.example --out tls --pkcs12 --password-file p12.txt`
}

// The names of the files in --out, those of `mss simulate` where it has them.
const (
	keyName      = "client.key"
	requestName  = "client.csr"
	certName     = "client.pem"
	pkcs12Name   = "client.p12"
	passwordName = "client.p12.password"
)

const (
	minPassword = 8    // characters of a password for PKCS #12
	maxDays     = 3653 // ten years
)

// certNewReport is what --json prints.
type certNewReport struct {
	Key            string     `json:"key"`
	Request        string     `json:"request"`
	Certificate    string     `json:"certificate"`
	PKCS12         string     `json:"pkcs12,omitempty"`
	PKCS12Password string     `json:"pkcs12PasswordFile,omitempty"` // where one was made
	Shown          certReport `json:"shown"`
}

func (c *certNewCmd) Run(a *app) error {
	name, err := c.check()
	if err != nil {
		return err
	}
	password, made, err := c.password(a)
	if err != nil {
		return err
	}
	id, err := newOwnIdentity(name, c.RSA, c.EC, time.Now(), c.Days)
	if err != nil {
		return err
	}
	files, err := id.files()
	if err != nil {
		return err
	}
	r := &certNewReport{Key: c.path(keyName), Request: c.path(requestName), Certificate: c.path(certName), Shown: newCertReport(id.cert)}
	if c.PKCS12 {
		p12, err := id.pkcs12(password)
		if err != nil {
			return usagef("--pkcs12: the password cannot be used: %v", err)
		}
		files = append(files, p12)
		r.PKCS12 = c.path(pkcs12Name)
	}
	if made {
		files = append(files, newFile{passwordName, []byte(password + "\n"), 0o600})
		r.PKCS12Password = c.path(passwordName)
	}
	if err := c.write(files); err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(r)
	}
	r.human(a.stdout)
	return nil
}

func (c *certNewCmd) path(name string) string { return filepath.Join(c.Out, name) }

// human prints what was made and what comes next.
func (r *certNewReport) human(w io.Writer) {
	fmt.Fprintf(w, "%s  the private key: it stays on this machine\n", r.Key)
	fmt.Fprintf(w, "%s  the certificate: send it to the operator\n", r.Certificate)
	fmt.Fprintf(w, "%s  the request, where a CA signs the certificate instead\n", r.Request)
	if r.PKCS12 != "" {
		fmt.Fprintf(w, "%s  key and certificate: as secret as the key\n", r.PKCS12)
	}
	if r.PKCS12Password != "" {
		fmt.Fprintf(w, "%s  its password, for pkcs12_password_file\n", r.PKCS12Password)
	}
	fmt.Fprintln(w)
	r.Shown.human(w)
	fmt.Fprintf(w, "\nNext: mss config init --cert %s --key %s\n", r.Certificate, r.Key)
}

// newFile is a file to be written.
type newFile struct {
	name string
	data []byte
	mode fs.FileMode
}

// write makes all files or says which one is in the way. Nothing is written where one exists: half a set beside an old
// half would be a pair that does not match.
func (c *certNewCmd) write(files []newFile) error {
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return usagef("--out: %v", err)
	}
	for _, f := range files {
		switch _, err := os.Lstat(c.path(f.name)); {
		case err == nil:
			return usagef("--out: %s exists and is not overwritten; choose another directory", c.path(f.name))
		case !errors.Is(err, fs.ErrNotExist):
			return usagef("--out: %v", err)
		}
	}
	for _, f := range files {
		if err := writeNew(c.path(f.name), f.data, f.mode); err != nil {
			return usagef("--out: %v", err)
		}
	}
	return nil
}

// writeNew writes a file that does not exist yet.
func writeNew(name string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// check refuses flags that contradict each other, before anything is made.
func (c *certNewCmd) check() (name pkix.Name, err error) {
	switch {
	case c.RSA != "" && c.EC != "":
		return name, usagef("--ec: excludes --rsa; a certificate has one key")
	case c.Days < 1 || c.Days > maxDays:
		return name, usagef("--days: must be 1 to %d", maxDays)
	case c.PasswordFile != "" && !c.PKCS12:
		return name, usagef("--password-file: needs --pkcs12; client.key is not encrypted")
	}
	return c.name()
}

// password returns the password for PKCS #12, and whether it was made here.
func (c *certNewCmd) password(a *app) (password string, made bool, err error) {
	if !c.PKCS12 {
		return "", false, nil
	}
	from := "--password-file"
	switch fromEnv, set := a.variable("MSS_PKCS12_PASSWORD"); {
	case c.PasswordFile != "":
		if password, err = a.readPassword(c.PasswordFile); err != nil {
			return "", false, usagef("--password-file: %v", err)
		}
	case set:
		from, password = "MSS_PKCS12_PASSWORD", fromEnv
	default:
		return rand.Text(), true, nil // 130 bits
	}
	if len([]rune(password)) < minPassword {
		return "", false, usagef("%s: the password has fewer than %d characters", from, minPassword)
	}
	return password, false, nil
}

// readPassword reads the first line of a file, or of standard input where the name is -.
func (a *app) readPassword(file string) (string, error) {
	var (
		data []byte
		err  error
	)
	if file == "-" {
		if data, err = io.ReadAll(io.LimitReader(a.stdin, maxSecretFile+1)); err == nil && len(data) > maxSecretFile {
			err = fmt.Errorf("standard input holds more than %d octets", maxSecretFile)
		}
	} else {
		data, err = readBounded(file, maxSecretFile)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSuffix(line, "\r"), err
}

// variable looks up an environment variable.
func (a *app) variable(name string) (string, bool) {
	for _, entry := range a.env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
