package operator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/tools/wsdlgen/internal/operator"
)

// The elements that the file declares locally are written in the namespace of
// the wire, and read in that and in the one the file declares.
func TestOverlayPutsTheOperatorsFileRight(t *testing.T) {
	t.Parallel()
	const frame = `<R xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#"` +
		` xmlns:sco="http://www.swisscom.ch/TS102204/ext/v1.0.0" xmlns:mcs="http://www.methics.fi/TS102204/ext/v1.0.0"` +
		` xmlns:as="http://mid.swisscom.ch/TS102204/as/v1.0">`
	const description = `<fi:Description><mss:mssURI>urn:x</mss:mssURI></fi:Description>`
	const wire = frame + `<fi:ServiceResponses><fi:ServiceResponse>` + description +
		`<as:SubscriberInfo><as:Detail id="1901"/></as:SubscriberInfo><as:GeoFencing errorCode="100"/>` +
		`<fi:App2App><as:AuthUri>mobileid://x</as:AuthUri></fi:App2App></fi:ServiceResponse></fi:ServiceResponses>` +
		`<sco:ReceiptRequestExtension ReceiptMessagingMode="synch"/><sco:ReceiptResponseExtension ReceiptMessagingMode="synch"/>` +
		`<mcs:ProfileQueryExtension/></R>`
	const declared = frame + `<mss:ServiceResponses><fi:ServiceResponse>` + description +
		`<fi:SubscriberInfo><as:Detail id="1901"/></fi:SubscriberInfo><fi:GeoFencing errorcode="100"/>` +
		`<fi:App2App authuri="mobileid://x"/></fi:ServiceResponse></mss:ServiceResponses>` +
		`<mss:ReceiptRequestExtension ReceiptMessagingMode="synch"/><mss:ReceiptResponseExtension ReceiptMessagingMode="synch"/>` +
		`<mss:ProfileQueryExtension/></R>`

	fromWire, fromDeclared := new(operator.StatusDetail), new(operator.StatusDetail)
	decode(t, wire, fromWire)
	decode(t, declared, fromDeclared)
	require.Equal(t, fromWire, fromDeclared)
	require.Len(t, fromWire.Items, 4)

	names := elementNames(t, encode(t, fromDeclared))
	require.Equal(t, elementNames(t, wire), names)
	require.Contains(t, names, xmlwire.Name{Space: operator.NSFi, Local: "ServiceResponses"})
	require.Contains(t, names, xmlwire.Name{Space: operator.NSSco, Local: "ReceiptRequestExtension"})
	require.Contains(t, names, xmlwire.Name{Space: operator.NSMcs, Local: "ProfileQueryExtension"})
	require.Contains(t, names, xmlwire.Name{Space: operator.NSAs, Local: "GeoFencing"})
	require.Contains(t, names, xmlwire.Name{Space: operator.NSFi, Local: "App2App"})
	require.Contains(t, names, xmlwire.Name{Space: operator.NSAs, Local: "AuthUri"})
}

func TestRequestOfTheOperatorsFile(t *testing.T) {
	t.Parallel()
	s := &operator.AdditionalService{
		Description: operator.MssURI{MssURI: "urn:x"},
		Items: []operator.AdditionalServiceItem{
			{UserLang: new("en")},
			{App2App: &operator.App2App{RedirectUri: "app://x"}},
			{GeoFencingReq: &operator.GeoFencingReq{Countrywhitelist: new("CH")}},
		},
	}
	names := elementNames(t, encode(t, s))
	require.Equal(t, []xmlwire.Name{
		{Local: "R"},
		{Space: operator.NSMSS, Local: "Description"}, {Space: operator.NSMSS, Local: "mssURI"},
		{Space: operator.NSFi, Local: "UserLang"},
		{Space: operator.NSMSS, Local: "App2App"}, {Space: operator.NSAs, Local: "RedirectUri"},
		{Space: operator.NSMSS, Local: "GeoFencingReq"},
	}, names)
}

// The constructs that broke other generators: the list of alternating
// certificates and names, the empty schema, the attribute group of wsu.
func TestRestOfTheOperatorsFile(t *testing.T) {
	t.Parallel()
	c := new(operator.McsMobileUserCertificate)
	decode(t, `<C xmlns:ds="http://www.w3.org/2000/09/xmldsig#" State="ACTIVE"><ds:X509Certificate>AQ==</ds:X509Certificate>`+
		`<ds:X509SubjectName>cn=a</ds:X509SubjectName><ds:X509Certificate>Ag==</ds:X509Certificate></C>`, c)
	require.Len(t, c.Items, 3)
	require.Equal(t, []byte{2}, c.Items[2].X509Certificate)
	require.Equal(t, "ACTIVE", *c.State)

	h := new(operator.Header)
	decode(t, `<H xmlns:wsu="`+operator.NSWsu+`" xmlns:e="`+operator.NSSoapenv+`" xmlns:xenc="`+operator.NSXenc+`"`+
		` wsu:Id="i" e:mustUnderstand="1"><xenc:EncryptedData/></H>`, h)
	require.Equal(t, "i", *h.Id)
	require.True(t, *h.MustUnderstand)
	require.Equal(t, "<xenc:EncryptedData/>", h.EncryptedData.XML)
}

func decode(t *testing.T, doc string, m operator.Message) {
	t.Helper()
	d := xmlwire.NewDecoder([]byte(doc), xmlwire.Limits{})
	_, err := d.Next()
	require.NoError(t, err)
	require.NoError(t, m.DecodeXML(d))
}

func encode(t *testing.T, m operator.Message) string {
	t.Helper()
	e := xmlwire.NewEncoder(nil)
	e.Start(xmlwire.Name{Local: "R"})
	m.EncodeXML(e)
	e.End()
	doc, err := e.Bytes()
	require.NoError(t, err)
	return string(doc)
}

// elementNames lists the names of all elements in document order.
func elementNames(t *testing.T, doc string) (names []xmlwire.Name) {
	t.Helper()
	d := xmlwire.NewDecoder([]byte(doc), xmlwire.Limits{})
	for {
		kind, err := d.Next()
		require.NoError(t, err)
		switch kind {
		case xmlwire.EOF:
			return names
		case xmlwire.Start:
			names = append(names, d.Name())
		}
	}
}
