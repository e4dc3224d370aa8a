package bankidtest

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

// Names in a signature.
const (
	nsBankID  = "http://www.bankid.com/signature/v1.0.0/types"
	nsDSig    = "http://www.w3.org/2000/09/xmldsig#"
	algC14N   = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	algSHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
)

// method is a signature method.
type method struct {
	name string
	hash crypto.Hash
}

var (
	methodSHA256 = method{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", crypto.SHA256}
	methodSHA1   = method{"http://www.w3.org/2000/09/xmldsig#rsa-sha1", crypto.SHA1}
)

// content is what is in the signed data.
type content struct {
	visible, nonVisible []byte
	format              string
	relyingName         string
	displayName         string
	funcID              string
	uhi                 string
	conditions          [][2]string
}

func newContent(e *order) *content {
	c := &content{
		visible: e.visible, nonVisible: e.nonVisible, format: e.format,
		relyingName: e.relyingName, displayName: e.displayName, uhi: e.person.uhi(), funcID: "Identification",
	}
	if e.signs {
		c.funcID = "Signing"
	}
	if len(e.policies) > 0 {
		c.conditions = append(c.conditions, [2]string{"CertificatePolicies", strings.Join(e.policies, ",")})
	}
	if e.byToken {
		c.conditions = append(c.conditions, [2]string{"TokenStartRequired", "yes"})
	}
	c.forge(e.person.Forge)
	return c
}

// forge changes what was asked for.
func (c *content) forge(f Forge) {
	switch f {
	case ForgeVisible:
		c.visible = []byte("Another text")
	case ForgeNoVisible:
		c.visible = otherPresence(c.visible)
	case ForgeFormat:
		if c.format = map[bool]string{true: "plaintext", false: markdown}[c.format == markdown]; c.visible == nil {
			c.visible = []byte("Another text")
		}
	case ForgeNonVisible:
		c.nonVisible = []byte("other data")
	case ForgeNoNonVisible:
		c.nonVisible = otherPresence(c.nonVisible)
	case ForgeRelyingParty:
		c.relyingName = "cn=FP Other,name=Another Shop,serialNumber=5568888888,o=Simulated Bank AB (publ),c=SE"
	case ForgeFuncID:
		c.funcID = map[bool]string{true: "Identification", false: "Signing"}[c.funcID == "Signing"]
	}
}

// otherPresence is nothing for something, and something for nothing.
func otherPresence(data []byte) []byte {
	if data != nil {
		return nil
	}
	return []byte("more than was asked")
}

const markdown = "simpleMarkdownV1"

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// element writes an element without attributes. Its content needs no escaping.
func element(name, content string) string { return "<" + name + ">" + content + "</" + name + ">" }

func textElement(name, text string) string { return element(name, base64Text([]byte(text))) }

// xml writes bankIdSignedData in canonical form (Canonical XML 1.0, 2.3): default namespaces, attributes in order, no empty
// element tags.
func (c *content) xml() string {
	var b strings.Builder
	b.WriteString(`<bankIdSignedData xmlns="` + nsBankID + `" Id="bidSignedData">`)
	if c.visible != nil {
		format := ""
		if c.format == markdown {
			format = ` format="` + markdown + `"`
		}
		b.WriteString(`<usrVisibleData charset="UTF-8"` + format + ` visible="wysiwys">` + base64Text(c.visible) + `</usrVisibleData>`)
	}
	if c.nonVisible != nil {
		b.WriteString(element("usrNonVisibleData", base64Text(c.nonVisible)))
	}
	nonce := make([]byte, 20)
	_, _ = rand.Read(nonce) // never fails
	b.WriteString(element("srvInfo",
		textElement("name", c.relyingName)+element("nonce", base64Text(nonce))+textElement("displayName", c.displayName)))
	b.WriteString(c.clientInfo() + "</bankIdSignedData>")
	return b.String()
}

// clientInfo is what the app says of itself.
func (c *content) clientInfo() string {
	requirement := ""
	for _, cond := range c.conditions {
		requirement += element("condition", element("type", cond[0])+element("value", cond[1]))
	}
	app := textElement("type", "SIMULATOR") + textElement("deviceInfo", "1.0") + element("uhi", c.uhi) +
		element("fsib", "0") + element("utb", "cs1")
	if requirement != "" {
		app += element("requirement", requirement)
	}
	app += element("uauth", "pw")
	return element("clientInfo", element("funcId", c.funcID)+
		textElement("version", "Personal=7.15.0&BankID_exe=7.15.0&platform=simulator&uhi="+c.uhi+"&")+
		element("env", element("ai", app)))
}

// keyInfo writes the certificates in canonical form, the person's first.
func keyInfo(chain []*x509.Certificate) string {
	certs := ""
	for _, c := range chain {
		certs += element("X509Certificate", base64Text(c.Raw))
	}
	return `<KeyInfo xmlns="` + nsDSig + `" Id="bidKeyInfo">` + element("X509Data", certs) + `</KeyInfo>`
}

// sign writes the signature of an order. It is in canonical form but for the XML declaration.
func (s *Server) sign(e *order, who *signer) (string, error) {
	f := e.person.Forge
	data, keys := newContent(e).xml(), keyInfo(who.chain)
	m := methodSHA256
	if f == ForgeSHA1 {
		m = methodSHA1
	}
	info := `<SignedInfo xmlns="` + nsDSig + `"><CanonicalizationMethod Algorithm="` + algC14N + `"></CanonicalizationMethod>` +
		`<SignatureMethod Algorithm="` + m.name + `"></SignatureMethod>` +
		referenceXML(` Type="`+nsBankID+`"`, "bidSignedData", data, f == ForgeDataDigest) +
		referenceXML("", "bidKeyInfo", keys, f == ForgeKeyInfoDigest) + `</SignedInfo>`
	value, err := s.signatureValue(who, m, info, f)
	if err != nil {
		return "", fmt.Errorf("bankidtest: signing: %w", err)
	}
	return `<?xml version="1.0" encoding="UTF-8" standalone="no"?><Signature xmlns="` + nsDSig + `">` + info +
		element("SignatureValue", base64Text(value)) + keys + element("Object", data) + `</Signature>`, nil
}

// referenceXML writes a Reference to an element, given in canonical form.
func referenceXML(typ, id, canonical string, off bool) string {
	digest := sha256.Sum256([]byte(canonical))
	if off {
		digest[len(digest)/2] ^= 1
	}
	return `<Reference` + typ + ` URI="#` + id + `">` +
		element("Transforms", `<Transform Algorithm="`+algC14N+`"></Transform>`) +
		`<DigestMethod Algorithm="` + algSHA256 + `"></DigestMethod>` + element("DigestValue", base64Text(digest[:])) + `</Reference>`
}

// signatureValue signs SignedInfo, given in canonical form.
func (s *Server) signatureValue(who *signer, m method, info string, f Forge) ([]byte, error) {
	key := who.Key
	if f == ForgeOtherKey {
		var err error
		if key, err = strangerKey(); err != nil {
			return nil, err
		}
	}
	h := m.hash.New()
	h.Write([]byte(info))
	value, err := key.Sign(rand.Reader, h.Sum(nil), m.hash)
	if err == nil && f == ForgeSignature {
		value[len(value)/2] ^= 1
	}
	return value, err
}
