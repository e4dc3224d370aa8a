package main

import (
	"crypto/x509"
	"net"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// placeholders finds what `config init` could not know.
func (c *checkup) placeholders() (all []finding) {
	for _, k := range c.s.keys() {
		if k.isPlaceholder() {
			all = append(all, failing("fill it in", "%s: %s: is still a placeholder", c.s.origin[k.name], k.name))
		}
	}
	return all
}

// required finds what no request can do without, and what most need.
func (c *checkup) required() (all []finding) {
	for _, name := range c.provider().required {
		if c.s.origin[name] == "" {
			all = append(all, failing("set it in the file, or MSS_"+strings.ToUpper(name), "%s: is not set", name))
		}
	}
	if c.s.origin["profile"] == "" && c.provider().takesKey("profile") {
		all = append(all, doubtful("set it, or use --profile with every sign", "profile: is not set; there is no default, because it decides what a signature is worth"))
	}
	if c.s.origin["environment"] != "" {
		if _, err := parseEnvironment(c.s.environment); err != nil {
			all = append(all, failing("set what signatures are worth here", "environment: %v", err))
		}
	}
	return all
}

// permissions looks at who else can read the secrets or change the configuration (SEC-14).
func (c *checkup) permissions() (all []finding) {
	for _, k := range c.s.keys() {
		if k.secret && c.settled(k.name) {
			for _, f := range permissions(*k.text) {
				f.What = k.name + ": " + f.What
				all = append(all, f)
			}
		}
	}
	if c.s.file == "" || runtime.GOOS == "windows" {
		return all
	}
	if info, err := os.Stat(c.s.file); err == nil && info.Mode().Perm()&0o022 != 0 {
		all = append(all, doubtful("chmod go-w "+c.s.file, "others can change %s, and with it who is trusted", c.s.file))
	}
	return all
}

// address checks the service's URL.
func (c *checkup) address() []finding {
	if !c.settled("url") {
		return nil
	}
	u, err := url.Parse(c.s.url)
	switch {
	case err != nil, u.Host == "":
		return []finding{failing("write https://host", "url: is no URL")}
	case u.Scheme != "https":
		return []finding{failing("write https://", "url: not https: client certificates and signatures do not travel in the clear")}
	case net.ParseIP(u.Hostname()) != nil && c.s.serverName == "" && c.s.environment != mss.Simulator.String():
		return []finding{doubtful("set server_name to the name in the certificate, such as mobileid.swisscom.com", "url: holds an IP address, which the server's certificate does not name")}
	}
	return []finding{found("url: %s", u.Redacted())}
}

// prefix is easily lost: YAML drops spaces at the end of a value without quotes.
func (c *checkup) prefix() []finding {
	switch {
	case !c.provider().takesKey("prefix"):
		return nil
	case c.s.origin["prefix"] == "":
		return []finding{doubtful("set it if your contract assigns one: without it the service answers with fault 107", "prefix: is not set")}
	case !c.settled("prefix"):
		return nil
	case !strings.HasSuffix(c.s.prefix, " "):
		return []finding{doubtful("if the assigned prefix ends with a space, write it in quotes", "prefix: does not end with a space")}
	}
	return []finding{found("prefix: ends with a space")}
}

// certificate looks at the client certificate as cert show does.
func (c *checkup) certificate() []finding {
	if !c.provider().clientCert {
		return nil
	}
	isPEM, isPKCS12 := c.s.origin["cert_file"] != "" || c.s.origin["key_file"] != "", c.s.origin["pkcs12_file"] != ""
	var (
		cred *credentials
		err  error
	)
	switch {
	case isPEM && isPKCS12:
		return []finding{failing("keep one form of the client certificate", "pkcs12_file: excludes cert_file and key_file")}
	case isPKCS12 && c.settled("pkcs12_file"):
		cred, err = c.readPKCS12()
	case c.settled("cert_file", "key_file"):
		cred, err = c.readPEM()
	case c.anyPlaceholder("cert_file", "key_file", "pkcs12_file"):
		return nil
	default:
		return []finding{failing("set both, or pkcs12_file; mss cert new makes a certificate", "cert_file, key_file: are not set")}
	}
	if err != nil {
		return []finding{failing("mss cert show explains a file", "%s", err.Error())}
	}
	if cred.leaf() == nil {
		return []finding{failing("mss cert show explains a file", "cert_file: holds no certificate")}
	}
	findings := cred.findings(c.now)
	for i := range findings {
		findings[i].What = "client certificate: " + findings[i].What
	}
	return findings
}

func (c *checkup) anyPlaceholder(names ...string) bool {
	return slices.ContainsFunc(c.s.keys(), func(k key) bool { return slices.Contains(names, k.name) && k.isPlaceholder() })
}

func (c *checkup) readPKCS12() (*credentials, error) {
	password, err := c.s.readSecret("pkcs12_password_file", c.s.pkcs12PasswordFile)
	if err != nil {
		return nil, err
	}
	data, err := readBounded(c.s.pkcs12File, maxCredentials)
	if err != nil {
		return nil, c.s.errorf("pkcs12_file", "%v", err)
	}
	cred, err := parseCredentials(data, password)
	if err != nil {
		return nil, c.s.errorf("pkcs12_file", "%v", err)
	}
	return cred, nil
}

func (c *checkup) readPEM() (*credentials, error) {
	cred, err := c.readPart("cert_file", c.s.certFile)
	if err != nil {
		return nil, err
	}
	key, err := c.readPart("key_file", c.s.keyFile)
	if err != nil {
		return nil, err
	}
	if key.key == nil {
		return nil, c.s.errorf("key_file", "holds no private key")
	}
	cred.key = key.key
	return cred, nil
}

func (c *checkup) readPart(name, file string) (*credentials, error) {
	data, err := readBounded(file, maxCredentials)
	if err != nil {
		return nil, c.s.errorf(name, "%v", err)
	}
	cred, err := parseCredentialsPEM(data)
	if err != nil {
		return nil, c.s.errorf(name, "%v", err)
	}
	return cred, nil
}

// serverRoots looks at what the server's certificate must lead to.
func (c *checkup) serverRoots() (all []finding) {
	if !c.settled("tls_roots") {
		return nil
	}
	roots, err := mss.LoadCertificates(c.s.tlsRoots...)
	if err != nil {
		return []finding{failing("name files or directories with certificates in PEM or DER", "tls_roots: %s", strings.TrimPrefix(err.Error(), "mss: "))}
	}
	for _, root := range roots {
		f := c.serverRoot(root)
		f.What = "tls_roots: " + f.What
		all = append(all, f)
	}
	return all
}

func (c *checkup) serverRoot(root *x509.Certificate) finding {
	k, known := knownBy(root, mss.KnownCertificates())
	switch {
	case known && k.Use != mss.UseTLS:
		return failing("name it under anchors", "%s is for %s", k.Name, k.Use)
	case c.now.After(root.NotAfter):
		return failing("name the root that the provider publishes now", "a root has expired on %s", root.NotAfter.UTC().Format(time.DateOnly))
	case simulated.Marked(root) && c.s.environment != mss.Simulator.String():
		return failing("remove it: simulators and real services never mix", "a root is a simulator's")
	case simulated.Marked(root):
		return found("a simulator's root")
	case known:
		return anchorFinding(root, c.now)
	case len(c.s.keyPins) > 0:
		return found("a root that is not known to mss; key_pins restrict what it vouches for")
	}
	return doubtful("compare it with the provider's documents; Mobile ID's is SwissSign Gold CA - G2 (mss trust list)", "a root is not known to mss: SHA-256 %s", newCertReport(root).SHA256)
}

// anchors looks at what signatures are judged by.
func (c *checkup) anchors() (all []finding) {
	environment, err := parseEnvironment(c.s.environment)
	if !c.settled("anchors") || err != nil {
		return nil
	}
	anchors, err := c.provider().anchors(environment, c.s.anchors...)
	if err != nil {
		return []finding{failing("mss trust check tells what a file is, mss trust fetch gets the provider's", "anchors: %s", strings.TrimPrefix(err.Error(), "mss: "))}
	}
	current := false
	for _, root := range anchors.Roots() {
		current = current || !c.now.After(root.NotAfter)
	}
	for _, cert := range slices.Concat(anchors.Roots(), anchors.Intermediates()) {
		f := anchorFinding(cert, c.now)
		if f.Level == levelFail { // unknown: the operator's own decision
			f.Level = levelWarn
		}
		if environment == mss.Simulator {
			f = found("%s", f.What)
		}
		f.What = "anchors: " + f.What
		all = append(all, f)
	}
	if !current {
		all = append(all, failing("get the provider's current roots: mss trust fetch", "anchors: every root has expired: no signature of today can be verified"))
	}
	return all
}

// client makes the client that requests would use. It sends nothing.
func (c *checkup) client() []finding {
	acc, err := c.a.connect(c.s, c.s.profile, false, nil)
	if err != nil {
		return []finding{failing("docs/cli.md explains every key", "%s", words(err))}
	}
	acc.Close()
	return []finding{found("a client can be made of it, for environment %v", acc.environment)}
}
