package rest_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
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

// facts are the scalars of a captured document by their path.
type facts map[string]string

func (f facts) requireAbstract(t *testing.T, part string, m *etsi.MessageAbstract) {
	t.Helper()
	require.Equal(t, f["/"+part+"/AP_Info/AP_ID"], m.APInfo.APID)
	require.Equal(t, f["/"+part+"/AP_Info/AP_TransID"], m.APInfo.APTransID)
	require.Equal(t, f["/"+part+"/AP_Info/Instant"], m.APInfo.Instant.String())
	require.Empty(t, m.APInfo.APPWD)
	require.Equal(t, f["/"+part+"/MSSP_Info/MSSP_ID/URI"], *m.MSSPInfo.MSSPID.URI)
	require.Equal(t, f["/"+part+"/MSSP_Info/Instant"], m.MSSPInfo.Instant.String())
	require.Equal(t, f["/"+part+"/MajorVersion"], string(m.MajorVersion))
	require.Equal(t, f["/"+part+"/MinorVersion"], string(m.MinorVersion))
	require.NotEmpty(t, m.APInfo.APTransID)
}

func (f facts) requireStatus(t *testing.T, part, code string, s *etsi.Status) {
	t.Helper()
	require.Equal(t, code, string(s.StatusCode.Value))
	require.Equal(t, f["/"+part+"/Status/StatusCode/Value"], string(s.StatusCode.Value))
	require.Equal(t, f["/"+part+"/Status/StatusMessage"], *s.StatusMessage)
}

// TestConformanceREST2024 reads every captured answer, compares it with what
// encoding/json finds in it, and writes it again as the service wrote it.
func TestConformanceREST2024(t *testing.T) {
	t.Parallel()
	files := corpus(t, "rest-2024/[0-9]*.json")
	require.Len(t, files, 9)
	counts := map[string]int{}
	for name, doc := range files {
		f := facts(values(t, doc))
		part, op := rootOf(t, doc)
		counts[part]++
		m := op.NewResponse()
		fault, err := rest.DecodeResponse(doc, op, m)
		require.NoError(t, err, name)
		var again []byte
		if part == "Fault" {
			require.NotNil(t, fault, name)
			f.requireFault(t, fault)
			again, err = rest.AppendFault(nil, fault)
		} else {
			require.Nil(t, fault, name)
			f.requireMessage(t, m)
			again, err = rest.AppendResponse(nil, op, m)
		}
		require.NoError(t, err, name)
		require.JSONEq(t, string(doc), string(again), name)
	}
	require.Equal(t, map[string]int{"Fault": 3, "MSS_SignatureResp": 2, "MSS_StatusResp": 1, "MSS_ReceiptResp": 2, "MSS_ProfileResp": 1}, counts)
}

// rootOf tells the root member, and the operation that it answers. Faults answer
// any.
func rootOf(t *testing.T, doc []byte) (string, *etsi.Operation) {
	t.Helper()
	var root map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(doc, &root))
	require.Len(t, root, 1)
	for part := range root {
		i := slices.IndexFunc(operations, func(op *etsi.Operation) bool { return op.ResponsePart == part })
		return part, operations[max(i, 0)]
	}
	return "", nil
}

func (f facts) requireFault(t *testing.T, fault *etsi.Fault) {
	t.Helper()
	require.Equal(t, f["/Fault/Code/Value"], fault.Code)
	require.Len(t, fault.Subcodes, 1)
	require.Equal(t, f["/Fault/Code/SubCode/Value"], fault.Subcodes[0].Local)
	require.Equal(t, f["/Fault/Code/SubCode/ValueNs"], fault.Subcodes[0].Space)
	require.Equal(t, f["/Fault/Reason"], fault.Reason)
	require.Equal(t, []string{f["/Fault/Detail"]}, fault.Details)
	code, sub, ok := fault.MSSCode()
	require.True(t, ok)
	require.Zero(t, sub)
	require.Equal(t, map[int]string{105: "UNKNOWN_CLIENT", 107: "INAPPROPRIATE_DATA"}[code], fault.Reason)
}

func (f facts) requireMessage(t *testing.T, m etsi.Message) {
	t.Helper()
	switch m := m.(type) {
	case *etsi.SignatureResp:
		f.requireAbstract(t, "MSS_SignatureResp", &m.MessageAbstract)
		require.Equal(t, f["/MSS_SignatureResp/MSSP_TransID"], m.MSSPTransID)
		require.Equal(t, f["/MSS_SignatureResp/MobileUser/MSISDN"], *m.MobileUser.MSISDN)
		require.Equal(t, f["/MSS_SignatureResp/SignatureProfile"], m.SignatureProfile.MssURI)
		f.requireSignature(t, m)
	case *etsi.StatusResp:
		f.requireAbstract(t, "MSS_StatusResp", &m.MessageAbstract)
		require.Equal(t, f["/MSS_StatusResp/MobileUser/MSISDN"], *m.MobileUser.MSISDN)
		f.requireStatus(t, "MSS_StatusResp", "504", &m.Status)
		require.Nil(t, m.Signature)
	case *etsi.ReceiptResp:
		f.requireAbstract(t, "MSS_ReceiptResp", &m.MessageAbstract)
		f.requireStatus(t, "MSS_ReceiptResp", "100", &m.Status)
		f.requireReceipt(t, &m.Status)
	case *etsi.ProfileResp:
		f.requireAbstract(t, "MSS_ProfileResp", &m.MessageAbstract)
		f.requireStatus(t, "MSS_ProfileResp", "100", &m.Status)
		f.requireProfile(t, m)
	}
}

// requireSignature knows the two captured answers: a signature with location,
// and an acknowledgement.
func (f facts) requireSignature(t *testing.T, m *etsi.SignatureResp) {
	t.Helper()
	text, signed := f["/MSS_SignatureResp/MSS_Signature/Base64Signature"]
	if !signed {
		f.requireStatus(t, "MSS_SignatureResp", "100", &m.Status)
		require.Nil(t, m.Signature)
		require.Nil(t, m.Status.StatusDetail)
		return
	}
	f.requireStatus(t, "MSS_SignatureResp", "500", &m.Status)
	cms, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(cms, []byte{0x30, 0x80}), "BER of indefinite length")
	require.Equal(t, cms, m.Signature.Base64Signature)

	require.Len(t, m.Status.StatusDetail.Items, 1)
	answers := m.Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse
	require.Len(t, answers, 1)
	require.Equal(t, "http://mid.swisscom.ch/as#geofencing", answers[0].Description.MssURI)
	require.Equal(t, &etsi.AsGeoFencing{
		Country: new("CH"), Accuracy: new("105"), Deviceconfidence: new("0.9"), Locationconfidence: new("0.9"),
		Timestamp: new(f["/MSS_SignatureResp/ServiceResponses[0]/Geofencing/Timestamp"]),
	}, answers[0].Items[0].GeoFencing)
}

// requireReceipt knows the two captured answers: one with the user's response,
// one without the extension.
func (f facts) requireReceipt(t *testing.T, s *etsi.Status) {
	t.Helper()
	response, extended := f["/MSS_ReceiptResp/Status/StatusDetail/ReceiptResponseExtension/UserResponse"]
	if !extended {
		require.Nil(t, s.StatusDetail)
		return
	}
	require.Equal(t, `{"status":"OK"}`, response)
	require.Equal(t, []etsi.StatusDetailItem{{ReceiptResponseExtension: &etsi.ScoReceiptResponseExtension{
		ReceiptMessagingMode: new("synch"), UserAck: new(true), NetworkAck: new(false), ClientAck: new(false), UserResponse: &response,
	}}}, s.StatusDetail.Items)
}

func (f facts) requireProfile(t *testing.T, m *etsi.ProfileResp) {
	t.Helper()
	var profiles []string
	for _, p := range m.SignatureProfile {
		profiles = append(profiles, strings.TrimPrefix(p.MssURI, "http://mid.swisscom.ch/"))
	}
	require.Equal(t, []string{"Any-LoA4", "MID/v1/AuthProfile1", "MID/v1/AuthProfile1.ECC", "STK-LoA4"}, profiles)
	x := m.Status.StatusDetail.Items[0].ProfileQueryExtension
	require.Equal(t, &etsi.McsMobileUser{AutoActivation: new(false), RecoveryCodeCreated: new(false)}, x.MobileUser)
	require.Empty(t, x.Sscds.App)
	sim := x.Sscds.Sim
	require.Equal(t, "ACTIVE", *sim.State)
	require.False(t, *sim.PinStatus.Blocked)
	require.Equal(t, &etsi.McsCardDetails{MCC: new("228"), MNC: new("01"), Network: new("Swisscom")}, sim.CardDetails)
	require.Len(t, sim.MobileUserCertificate, 1)
	c := sim.MobileUserCertificate[0]
	require.Equal(t, "EC", *c.Algorithm)
	require.Equal(t, "ACTIVE", *c.State)
	require.Len(t, c.Items, 6)
	var chain []*x509.Certificate
	for i := 0; i < len(c.Items); i += 2 {
		certificate, err := x509.ParseCertificate(c.Items[i].X509Certificate)
		require.NoError(t, err)
		require.NotEmpty(t, certificate.Subject.CommonName)
		require.Contains(t, *c.Items[i+1].X509SubjectName, "cn="+strings.ToLower(certificate.Subject.CommonName), "each beside its own name")
		chain = append(chain, certificate)
	}
	require.NoError(t, chain[0].CheckSignatureFrom(chain[1]))
	require.NoError(t, chain[1].CheckSignatureFrom(chain[2]))
}
