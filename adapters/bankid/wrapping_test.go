package bankid_test

import (
	"strings"
	"testing"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// replaceOnce replaces the first occurrence and fails the test where there is none, so that no row tests an unchanged document.
func replaceOnce(t testing.TB, s, from, to string) string {
	t.Helper()
	require.Contains(t, s, from)
	return strings.Replace(s, from, to, 1)
}

// TestWrapping: XML signature wrapping, and all that makes readers of XML differ. Every row is refused, before the signature is
// looked at where its form is wrong, and each by the check that is there for it.
func TestWrapping(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	genuine := b.draft(t, "Signing")
	doc, data, keyInfo := genuine.xml(t), genuine.data(), genuine.keyInfo()
	info := doc[strings.Index(doc, "<SignedInfo "):strings.Index(doc, "<SignatureValue>")]
	value := doc[strings.Index(doc, "<SignatureValue>"):strings.Index(doc, "<KeyInfo ")]

	attack := b.draft(t, "Signing")
	attack.visible = new("I give away my house.")
	evil := attack.data()
	evilDoc := attack.xml(t)
	unmarked := strings.Replace(evil, ` Id="bidSignedData"`, "", 1)
	other := b.draft(t, "Signing")
	other.person = certify(t, b.personTemplate("Signing"), b.customer, foreignKey())
	other.certificates = []cmstest.Signer{other.person, b.customer, b.ca}

	sub := func(from, to string) string { return replaceOnce(t, doc, from, to) }
	for name, test := range map[string]struct{ doc, check, reason string }{
		// Wrapping: the signed element elsewhere, another one in its place.
		"XSW: second Object behind":         {sub("</Object>", "</Object><Object>"+evil+"</Object>"), "structure", "Signature has not"},
		"XSW: second Object before":         {sub("<Object>", "<Object>"+evil+"</Object><Object>"), "structure", "Signature has not"},
		"XSW: second data behind":           {sub(data, data+evil), "structure", "Object has not"},
		"XSW: second data before":           {sub(data, evil+data), "structure", "Object has not"},
		"XSW: signed data within the other": {sub(data, strings.Replace(unmarked, "</clientInfo>", data+"</clientInfo>", 1)), "structure", "another element than bankIdSignedData"},
		"XSW: within, both marked":          {sub(data, strings.Replace(evil, "</clientInfo>", data+"</clientInfo>", 1)), "structure", "an Id"},
		"XSW: other data within signed":     {sub(data, strings.Replace(data, "</clientInfo>", evil+"</clientInfo>", 1)), "structure", "an Id"},
		"XSW: signed data in KeyInfo":       {sub("</X509Data></KeyInfo><Object>"+data, "</X509Data>"+data+"</KeyInfo><Object>"+evil), "structure", "KeyInfo has not"},
		"XSW: signed data in SignedInfo":    {strings.Replace(sub(data, evil), "</SignedInfo>", "<Object>"+data+"</Object></SignedInfo>", 1), "structure", "SignedInfo has not"},
		"XSW: signature in an Object":       {evilDoc[:len(evilDoc)-len("</Signature>")] + "<Object>" + strings.TrimPrefix(doc, xmlHead) + "</Object></Signature>", "structure", "Signature has not"},
		"XSW: signature within the data":    {sub(data, strings.Replace(evil, "</clientInfo>", strings.TrimPrefix(doc, xmlHead)+"</clientInfo>", 1)), "structure", "an Id"},
		"XSW: another root":                 {xmlHead + "<Envelope>" + strings.TrimPrefix(doc, xmlHead) + "</Envelope>", "structure", "another element than Signature"},
		"other data in its place":           {sub(data, evil), "digest", "bankIdSignedData was changed"},
		"data without Id":                   {sub(` Id="bidSignedData"`, ""), "structure", "another element than bankIdSignedData"},
		"data with another Id":              {sub(` Id="bidSignedData"`, ` Id="other"`), "structure", "another element than bankIdSignedData"},

		// References and Ids.
		"duplicate Id":                {sub("<env>", `<env Id="bidSignedData">`), "structure", "an Id"},
		"duplicate id in lower case":  {sub("<env>", `<env id="bidSignedData">`), "structure", "an Id"},
		"Id on Object":                {sub("<Object>", `<Object Id="bidSignedData">`), "structure", "another element than Object"},
		"Id on Signature":             {sub(`<Signature xmlns="`+dsigSpace+`">`, `<Signature xmlns="`+dsigSpace+`" Id="s">`), "structure", "another element than Signature"},
		"both references to KeyInfo":  {sub(`Type="`+typesSpace+`" URI="#bidSignedData"`, `Type="`+typesSpace+`" URI="#bidKeyInfo"`), "structure", "another element than Reference"},
		"both references to the data": {sub(`URI="#bidKeyInfo"`, `URI="#bidSignedData"`), "structure", "another element than Reference"},
		"reference to everything":     {sub(`URI="#bidSignedData"`, `URI=""`), "structure", "another element than Reference"},
		"reference by XPointer":       {sub(`URI="#bidSignedData"`, `URI="#xpointer(id('bidSignedData'))"`), "structure", "another element than Reference"},
		"reference elsewhere":         {sub(`URI="#bidSignedData"`, `URI="http://example.com/x"`), "structure", "another element than Reference"},
		"reference without Type":      {sub(`Type="`+typesSpace+`" URI`, `URI`), "structure", "another element than Reference"},
		"one reference":               {sub(info[strings.Index(info, `<Reference URI`):strings.Index(info, "</SignedInfo>")], ""), "structure", "SignedInfo has not"},
		"three references":            {sub("</SignedInfo>", referenceTo(`URI="#bidKeyInfo"`, keyInfo)+"</SignedInfo>"), "structure", "SignedInfo has not"},
		"two transforms":              {sub("</Transforms>", `<Transform Algorithm="`+c14n+`"></Transform></Transforms>`), "structure", "Transforms has not"},
		"a transform with content":    {sub(`"></Transform>`, `">x</Transform>`), "structure", "not empty"},
		"no KeyInfo":                  {sub(keyInfo, ""), "structure", "Signature has not"},
		"KeyInfo of another person":   {sub(keyInfo, other.keyInfo()), "digest", "KeyInfo was changed"},
		"KeyInfo of another order":    {sub(keyInfo, replaceOnce(t, keyInfo, "</X509Data>", "<X509Certificate>"+in64(string(b.root.Certificate.Raw))+"</X509Certificate></X509Data>")), "digest", "KeyInfo was changed"},
		"certificates swapped":        {sub(keyInfo, swapped(keyInfo)), "digest", "KeyInfo was changed"},
		"a key value in KeyInfo":      {sub("</X509Data></KeyInfo>", "</X509Data><KeyName>x</KeyName></KeyInfo>"), "structure", "KeyInfo has not"},
		"a CRL in X509Data":           {sub("</X509Data>", "<X509CRL>AA==</X509CRL></X509Data>"), "structure", "something else than certificates"},
		"value of another signature":  {sub(value, evilDoc[strings.Index(evilDoc, "<SignatureValue>"):strings.Index(evilDoc, "<KeyInfo ")]), "signature", "does not verify"},
		"no value":                    {sub(value, "<SignatureValue></SignatureValue>"), "signature", "does not verify"},
		"SignedInfo of another one":   {sub(info, evilDoc[strings.Index(evilDoc, "<SignedInfo "):strings.Index(evilDoc, "<SignatureValue>")]), "digest", "bankIdSignedData was changed"},

		// Algorithms.
		"RSA with SHA-1":          {sub(rsaSHA256, rsaSHA1), "algorithm", "SignatureMethod"},
		"HMAC":                    {sub(rsaSHA256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"), "algorithm", "SignatureMethod"},
		"no algorithm":            {sub(rsaSHA256, ""), "algorithm", "SignatureMethod"},
		"digest of SHA-1":         {sub(sha256Name, sha1Name), "algorithm", "DigestMethod"},
		"second digest of SHA-1":  {info2(t, doc, sha256Name, sha1Name), "algorithm", "DigestMethod"},
		"exclusive form":          {sub(c14n, "http://www.w3.org/2001/10/xml-exc-c14n#"), "algorithm", "CanonicalizationMethod"},
		"enveloped transform":     {sub(`<Transform Algorithm="`+c14n, `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature`), "algorithm", "Transform"},
		"second transform, XPath": {info2(t, doc, `<Transform Algorithm="`+c14n, `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116`), "algorithm", "Transform"},

		// Forms of XML that BankID does not write.
		"comment in the text":         {sub(in64(visibleText), in64(visibleText)[:8]+"<!-- -->"+in64(visibleText)[8:]), "document", "a comment"},
		"comment behind":              {doc + "<!-- -->", "document", "a comment"},
		"CDATA":                       {sub(in64(visibleText), "<![CDATA["+in64(visibleText)+"]]>"), "document", "CDATA"},
		"DOCTYPE":                     {strings.Replace(doc, "<Signature ", `<!DOCTYPE Signature [<!ENTITY e "x">]><Signature `, 1), "document", "document type"},
		"DOCTYPE with ATTLIST":        {strings.Replace(doc, "<Signature ", `<!DOCTYPE x [<!ATTLIST clientInfo Id ID "bidSignedData">]><Signature `, 1), "document", "document type"},
		"reference to an entity":      {sub(">Signing<", ">&#83;igning<"), "document", "a reference"},
		"processing instruction":      {sub("<srvInfo>", "<?x y?><srvInfo>"), "document", "processing instruction"},
		"stylesheet":                  {strings.Replace(doc, "<Signature ", `<?xml-stylesheet href="x"?><Signature `, 1), "document", "processing instruction"},
		"two declarations":            {xmlHead + doc, "document", "processing instruction"},
		"another declaration":         {strings.Replace(doc, "UTF-8", "UTF-16", 1), "document", "processing instruction"},
		"prefix":                      {strings.ReplaceAll(strings.ReplaceAll(doc, "<Object>", `<d:Object xmlns:d="`+dsigSpace+`">`), "</Object>", "</d:Object>"), "document", "prefix"},
		"prefix declared":             {sub("<Object>", `<Object xmlns:d="`+dsigSpace+`">`), "document", "prefix"},
		"attribute of XML":            {sub("<env>", `<env xml:base="x">`), "document", "prefix"},
		"white space between":         {sub("<Object>", "<Object>\n"), "document", "white space"},
		"space between":               {sub("<Object>", "<Object> "), "document", "text beside elements"},
		"space behind elements":       {sub("</bankIdSignedData>", "</bankIdSignedData> "), "document", "text beside elements"},
		"white space at the end":      {doc + "\n", "document", "white space"},
		"line breaks in Base64":       {sub(in64(visibleText), in64(visibleText)[:8]+"\n"+in64(visibleText)[8:]), "document", "white space"},
		"space in Base64":             {sub(">Signing<", "> Signing<"), "digest", "was changed"},
		"byte order mark":             {"\uFEFF" + doc, "document", "processing instruction"},
		"two roots":                   {doc + doc[len(xmlHead):], "document", "behind the root"},
		"text behind":                 {doc + "x", "document", "behind the root"},
		"empty-element tag":           {sub(`"></Transform>`, `"/>`), "document", "a tag in another form"},
		"single quotes":               {sub(`Id="bidSignedData"`, `Id='bidSignedData'`), "document", "an attribute in another form"},
		"space in a tag":              {sub("<Object>", "<Object >"), "document", "an attribute in another form"},
		"space in an end tag":         {sub("</Object>", "</Object >"), "document", "another end tag"},
		"repeated attribute":          {sub(`Id="bidSignedData"`, `Id="bidSignedData" Id="bidSignedData"`), "document", "a repeated attribute"},
		"elements not closed":         {doc[:len(doc)-len("</Signature>")], "document", "another end tag"},
		"wrong end tag":               {sub("</srvInfo>", "</srvInf>"), "document", "another end tag"},
		"not UTF-8":                   {sub(">Signing<", ">Signing\xff<"), "document", "not UTF-8"},
		"NUL":                         {sub(">Signing<", ">Signing\x00<"), "document", "control character"},
		"too deep":                    {sub("<env>", "<env>"+strings.Repeat("<a>", 20)+strings.Repeat("</a>", 20)), "document", "within each other"},
		"too many elements":           {sub("<env>", "<env>"+strings.Repeat("<a></a>", 1001)), "document", "too many elements"},
		"too many attributes":         {sub("<env>", `<env a="" b="" c="" d="" e="" f="" g="" h="" i="">`), "document", "too many"},
		"less-than in an attribute":   {sub("<env>", `<env a="<">`), "document", "an attribute in another form"},
		"empty":                       {"", "document", "something else"},
		"nothing but the declaration": {xmlHead, "document", "something else"},
		"another namespace":           {strings.ReplaceAll(doc, dsigSpace, dsigSpace+"x"), "structure", "another element than Signature"},
		"needless declaration":        {sub("<Object>", `<Object xmlns="`+dsigSpace+`">`), "structure", "another element than Object"},
		"namespace within the data":   {sub("<srvInfo>", `<srvInfo xmlns="urn:x">`), "structure", "another namespace"},
		"attributes out of order":     {sub(`charset="UTF-8" visible="wysiwys"`, `visible="wysiwys" charset="UTF-8"`), "digest", "was changed"},
		"Base64 with loose ends":      {sub(in64("Shop")[:7]+"=", in64("Shop")[:5]+"x=="), "digest", "was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, doc, test.doc)
			_, err := b.verifier(t, mss.Test).VerifySignature([]byte("<"), nil, signedAt)
			refused(t, err, "document", "")
			_, err = b.verifier(t, mss.Test).VerifySignature([]byte(in64(test.doc)), nil, signedAt)
			refused(t, err, test.check, test.reason)
		})
	}
	_, err := b.verifier(t, mss.Test).VerifySignature([]byte(in64(doc)), nil, signedAt)
	require.NoError(t, err, "the document that all of them were made from")
}

// info2 replaces the second occurrence of what SignedInfo has twice.
func info2(t testing.TB, doc, from, to string) string {
	t.Helper()
	at := strings.Index(doc, `<Reference URI="#bidKeyInfo">`)
	return doc[:at] + replaceOnce(t, doc[at:], from, to)
}

// swapped exchanges the first two certificates.
func swapped(keyInfo string) string {
	parts := strings.SplitAfter(keyInfo, "</X509Certificate>")
	head := strings.Index(parts[0], "<X509Certificate>")
	return parts[0][:head] + parts[1] + parts[0][head:] + strings.Join(parts[2:], "")
}

// TestSignedOtherwise: what a person's key really signed, in another form than BankID's. A valid signature does not make up for
// it: somebody else's reader might see something else in it.
func TestSignedOtherwise(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	in := func(from, to string) func(string) string {
		return func(s string) string { return replaceOnce(t, s, from, to) }
	}
	data := func(from, to string) func(*draft) { return func(d *draft) { d.editData = in(from, to) } }
	for name, test := range map[string]struct {
		change        func(*draft)
		check, reason string
	}{
		"attributes out of order":  {func(d *draft) { d.inClientInfo = `<new b="1" a="2"></new>` }, "canonical form", "not in canonical form"},
		"KeyInfo not canonical":    {func(d *draft) { d.editKeyInfo = in(`<X509Data>`, `<X509Data xmlns="`+dsigSpace+`">`) }, "structure", "another element than X509Data"},
		"references swapped":       {func(d *draft) { d.editInfo = swappedReferences }, "structure", "another element than Reference"},
		"SHA-1 in SignedInfo":      {func(d *draft) { d.editInfo = in(sha256Name, sha1Name) }, "algorithm", "DigestMethod"},
		"another Type":             {func(d *draft) { d.editInfo = in(`Type="`+typesSpace+`"`, `Type="x"`) }, "structure", "another element than Reference"},
		"an Id in the data":        {func(d *draft) { d.inClientInfo = `<new Id="bidKeyInfo"></new>` }, "structure", "an Id"},
		"not said to be shown":     {data(` visible="wysiwys"`, ""), "structure", "another element than usrVisibleData"},
		"said to be hidden":        {data(`visible="wysiwys"`, `visible="hidden"`), "structure", "another element than usrVisibleData"},
		"another charset":          {data(`charset="UTF-8"`, `charset="UTF-7"`), "structure", "another element than usrVisibleData"},
		"one more attribute":       {data(`charset="UTF-8"`, `charset="UTF-8" new="1"`), "structure", "another element than usrVisibleData"},
		"visible data not Base64":  {data(in64(visibleText), "%%"), "structure", "usrVisibleData is not Base64"},
		"visible data with a NUL":  {func(d *draft) { d.visible = new("a\x00b") }, "structure", "not text"},
		"visible data not UTF-8":   {func(d *draft) { d.visible = new("a\xff") }, "structure", "not text"},
		"hidden data not Base64":   {data(in64(hiddenText), "%%"), "structure", "usrNonVisibleData is not Base64"},
		"elements in hidden data":  {data("<usrNonVisibleData>"+in64(hiddenText), "<usrNonVisibleData><a></a>"), "structure", "usrNonVisibleData is not Base64"},
		"visible data twice":       {func(d *draft) { d.inData = `<usrVisibleData charset="UTF-8" visible="wysiwys"></usrVisibleData>` }, "structure", "twice"},
		"hidden data twice":        {func(d *draft) { d.inData = `<usrNonVisibleData></usrNonVisibleData>` }, "structure", "twice"},
		"hidden data at the end":   {func(d *draft) { d.hidden, d.inData = nil, `<usrNonVisibleData></usrNonVisibleData>` }, "structure", "out of order"},
		"srvInfo twice":            {func(d *draft) { d.inData = `<srvInfo></srvInfo>` }, "structure", "twice"},
		"no srvInfo":               {func(d *draft) { d.editData = cut("srvInfo") }, "structure", "missing"},
		"no name":                  {func(d *draft) { d.editData = cut("name") }, "structure", "no name"},
		"two names":                {func(d *draft) { d.inSrvInfo = "<name></name>" }, "structure", "twice"},
		"name not Base64":          {data("<name>", "<name>%"), "structure", "name is not Base64"},
		"no clientInfo":            {func(d *draft) { d.editData = cut("clientInfo") }, "structure", "missing"},
		"no function":              {func(d *draft) { d.editData = cut("funcId") }, "structure", "no funcId"},
		"two functions":            {func(d *draft) { d.inClientInfo = "<funcId>Identification</funcId>" }, "structure", "twice"},
		"unknown function":         {func(d *draft) { d.function = "signing" }, "structure", "neither"},
		"function with an element": {data("<funcId>Signing", "<funcId><a></a>"), "structure", "no funcId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := b.draft(t, "Signing")
			test.change(d)
			_, err := b.verifier(t, mss.Test).VerifySignature([]byte(d.xml(t)), nil, signedAt)
			refused(t, err, test.check, test.reason)
		})
	}
}

// cut leaves out the element of a name.
func cut(name string) func(string) string {
	return func(s string) string {
		from, to := strings.Index(s, "<"+name+">"), strings.Index(s, "</"+name+">")+len("</"+name+">")
		return s[:from] + s[to:]
	}
}

func swappedReferences(info string) string {
	first, second, end := strings.Index(info, "<Reference Type"), strings.Index(info, "<Reference URI"), strings.Index(info, "</SignedInfo>")
	return info[:first] + info[second:end] + info[first:second] + info[end:]
}
