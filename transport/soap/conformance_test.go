package soap_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/soap"
)

// corpus returns the genuine files of the pattern below MSS_CORPUS.
func corpus(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	dir := os.Getenv("MSS_CORPUS")
	if dir == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "swisscom", pattern))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	files := make(map[string][]byte)
	for _, p := range paths {
		doc, err := os.ReadFile(p)
		require.NoError(t, err)
		files[filepath.Base(p)] = doc
	}
	return files
}

// facts are the attributes and texts of a document, read with encoding/xml and
// named by "local" and "local@attribute", several of one name joined by "|".
type facts map[string]string

func (f facts) add(name, value string) {
	if old, ok := f[name]; ok {
		value = old + "|" + value
	}
	f[name] = value
}

func readFacts(t *testing.T, doc []byte) facts {
	t.Helper()
	f, d := facts{}, xml.NewDecoder(bytes.NewReader(doc))
	var open []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return f
		}
		require.NoError(t, err)
		switch tok := token.(type) {
		case xml.StartElement:
			open = append(open, tok.Name.Local)
			for _, a := range tok.Attr {
				f.add(tok.Name.Local+"@"+a.Name.Local, a.Value)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(tok)); text != "" {
				f.add(open[len(open)-1], text)
			}
		}
	}
}

func requireAbstract(t *testing.T, f facts, m *etsi.MessageAbstract) {
	t.Helper()
	require.Equal(t, f["AP_Info@AP_ID"], m.APInfo.APID)
	require.Equal(t, f["AP_Info@AP_TransID"], m.APInfo.APTransID)
	require.Equal(t, f["AP_Info@AP_PWD"], m.APInfo.APPWD)
	require.Equal(t, f["AP_Info@Instant"], m.APInfo.Instant.String())
	require.Equal(t, f["URI"], *m.MSSPInfo.MSSPID.URI)
	if at, ok := f["MSSP_Info@Instant"]; ok {
		require.Equal(t, at, m.MSSPInfo.Instant.String())
	} else {
		require.Nil(t, m.MSSPInfo.Instant)
	}
}

func requireStatus(t *testing.T, f facts, s *etsi.Status) {
	t.Helper()
	require.NotEmpty(t, f["StatusCode@Value"])
	require.Equal(t, f["StatusCode@Value"], string(s.StatusCode.Value))
	require.Equal(t, f["StatusMessage"], *s.StatusMessage)
}

func requireSignature(t *testing.T, f facts, s *etsi.Signature) {
	t.Helper()
	text, ok := f["Base64Signature"]
	if !ok {
		require.Nil(t, s)
		return
	}
	want, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	require.NoError(t, err)
	require.Equal(t, want, s.Base64Signature)
}

func TestConformanceResponses(t *testing.T) {
	t.Parallel()
	files := corpus(t, "soap-http-2015/*response.xml")
	for name, doc := range corpus(t, "soap-adfs-2015/*.xml") {
		files[name] = doc
	}
	require.Len(t, files, 7)
	faults := 0
	for name, doc := range files {
		f := readFacts(t, doc)
		var fault *etsi.Fault
		var err error
		switch {
		case strings.Contains(string(doc), "MSS_SignatureResponse"):
			var m etsi.SignatureResp
			fault, err = soap.DecodeResponse(doc, etsi.OpSignature, &m)
			require.NoError(t, err, name)
			requireAbstract(t, f, &m.MessageAbstract)
			require.Equal(t, f["MSS_SignatureResp@MSSP_TransID"], m.MSSPTransID)
			require.Equal(t, f["MSISDN"], *m.MobileUser.MSISDN)
			requireStatus(t, f, &m.Status)
			requireSignature(t, f, m.Signature)
			if m.SignatureProfile != nil {
				first, _, _ := strings.Cut(f["mssURI"], "|") // others describe services
				require.Equal(t, first, m.SignatureProfile.MssURI)
			}
		case strings.Contains(string(doc), "MSS_StatusQueryResponse"):
			var m etsi.StatusResp
			fault, err = soap.DecodeResponse(doc, etsi.OpStatusQuery, &m)
			require.NoError(t, err, name)
			requireAbstract(t, f, &m.MessageAbstract)
			require.Equal(t, f["MSISDN"], *m.MobileUser.MSISDN)
			requireStatus(t, f, &m.Status)
			requireSignature(t, f, m.Signature)
		case strings.Contains(string(doc), "MSS_ProfileQueryResponse"):
			var m etsi.ProfileResp
			fault, err = soap.DecodeResponse(doc, etsi.OpProfileQuery, &m)
			require.NoError(t, err, name)
			requireAbstract(t, f, &m.MessageAbstract)
			requireStatus(t, f, &m.Status)
			var profiles []string
			for _, p := range m.SignatureProfile {
				profiles = append(profiles, p.MssURI)
			}
			require.Equal(t, f["mssURI"], strings.Join(profiles, "|"))
		default:
			fault, err = soap.DecodeResponse(doc, etsi.OpSignature, new(etsi.SignatureResp))
			require.NoError(t, err, name)
			require.NotNil(t, fault, name)
			requireFault(t, f, doc, fault)
			faults++
			continue
		}
		require.Nil(t, fault, name)
	}
	require.Equal(t, 2, faults)
}

// requireFault also holds that what is written for the fault is what the
// service wrote, but for prefixes.
func requireFault(t *testing.T, f facts, doc []byte, fault *etsi.Fault) {
	t.Helper()
	value, subcode, _ := strings.Cut(f["Value"], "|")
	require.Equal(t, value, "soapenv:"+fault.Code)
	code, sub, ok := fault.MSSCode()
	require.True(t, ok)
	require.Zero(t, sub)
	require.Equal(t, subcode, "mss:_"+strconv.Itoa(code))
	require.Equal(t, []xmlwire.Name{mss("_" + strconv.Itoa(code))}, fault.Subcodes)
	require.Equal(t, f["Text"], fault.Reason)
	require.Equal(t, f["Text@lang"], fault.Lang)
	require.Equal(t, f["detail"], strings.Join(fault.Details, "|"))
	require.NotEmpty(t, f["PortalUrl"])
	require.Equal(t, f["PortalUrl"], fault.PortalURL)

	again, err := soap.AppendFault(nil, fault)
	require.NoError(t, err)
	require.Equal(t, canonical(t, doc), canonical(t, again))
}

// TestConformanceRequests builds the captured requests from their ids and times
// and compares all the rest.
func TestConformanceRequests(t *testing.T) {
	t.Parallel()
	files := corpus(t, "soap-http-2015/*request.xml")
	require.Len(t, files, 3)
	for name, doc := range files {
		f := readFacts(t, doc)
		at, err := xmlwire.ParseDateTime(f["AP_Info@Instant"])
		require.NoError(t, err)
		head := etsi.MessageAbstract{
			APInfo:       etsi.APInfo{APID: "mid://dev.swisscom.ch", APTransID: f["AP_Info@AP_TransID"], Instant: at},
			MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new("http://mid.swisscom.ch/")}},
			MajorVersion: "1", MinorVersion: "1",
		}
		user := etsi.MobileUser{MSISDN: new(f["MSISDN"])}
		var op *etsi.Operation
		var m etsi.Message
		switch {
		case strings.Contains(string(doc), "MSS_SignatureReq"):
			op, m = etsi.OpSignature, &etsi.SignatureReq{
				MessageAbstract: head, MobileUser: user, MessagingMode: etsi.MessagingModeAsynchClientServer, TimeOut: new(xmlwire.IntegerOf(80)),
				DataToBeSigned:   etsi.Data{Value: f["DataToBeSigned"], MimeType: new("text/plain"), Encoding: new("UTF-8")},
				SignatureProfile: &etsi.MssURI{MssURI: "http://mid.swisscom.ch/MID/v1/AuthProfile1"},
				AdditionalServices: &etsi.AdditionalServices{Service: []etsi.AdditionalService{
					{
						Description: etsi.MssURI{MssURI: "http://mss.ficom.fi/TS102204/v1.0.0#userLang"},
						Items:       []etsi.AdditionalServiceItem{{UserLang: &etsi.FiUserLang{Value: "en"}}},
					},
					{Description: etsi.MssURI{MssURI: "http://mid.swisscom.ch/as#subscriberInfo"}},
				}},
			}
		case strings.Contains(string(doc), "MSS_StatusReq"):
			op, m = etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: head, MSSPTransID: f["MSS_StatusReq@MSSP_TransID"]}
		default:
			op, m = etsi.OpProfileQuery, &etsi.ProfileReq{MessageAbstract: head, MobileUser: user}
		}
		ours, err := soap.AppendRequest(nil, op, soap.WSDLForm, m)
		require.NoError(t, err)
		require.Equal(t, canonical(t, doc), canonical(t, ours), name)

		op2, style, m2, err := soap.DecodeRequest(doc)
		require.NoError(t, err, name)
		require.Same(t, op, op2)
		require.Equal(t, soap.WSDLForm, style)
		require.Equal(t, m, m2)
	}
}
