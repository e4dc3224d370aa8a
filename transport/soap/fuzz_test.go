package soap_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/soap"
)

var operations = []*etsi.Operation{
	etsi.OpSignature, etsi.OpStatusQuery, etsi.OpReceipt, etsi.OpRegistration,
	etsi.OpProfileQuery, etsi.OpHandshake, etsi.OpNotification,
}

// rich are message contents that the constructed messages do not have: wildcards,
// lists, older forms. Each is written inside the accessor of its operation.
var rich = []struct {
	op      *etsi.Operation
	content string
}{
	{etsi.OpProfileQuery, content + `<m:Status><m:StatusCode Value="100"/><m:StatusDetail><c:ProfileQueryExtension xmlns:c="http://www.methics.fi/TS102204/ext/v1.0.0">` +
		`<c:Sscds><c:Sim><c:State>ACTIVE</c:State><c:Activation name="x" success="true"><y>1</y></c:Activation></c:Sim></c:Sscds></c:ProfileQueryExtension>` +
		`<o:Other xmlns:o="urn:other" m:a="1"> <o:x>m:y</o:x></o:Other></m:StatusDetail></m:Status>`},
	{etsi.OpStatusQuery, content + `<m:MobileUser/><m:MSS_Signature><m:Base64Signature>` + "\n MIAG\n CSqG\n" + `</m:Base64Signature></m:MSS_Signature><m:Status><m:StatusCode Value="502"><m:StatusCode Value="-07"/></m:StatusCode></m:Status>`},
}

func seedResponses(f *testing.F) (seeds int) {
	add := func(doc []byte, err error, op *etsi.Operation) {
		require.NoError(f, err)
		for i := range operations {
			if operations[i] == op {
				f.Add(doc, uint8(i))
				seeds++
			}
		}
	}
	for _, r := range responses {
		for _, s := range styles {
			doc, err := soap.AppendResponse(nil, r.op, s, r.m)
			add(doc, err, r.op)
		}
	}
	for _, r := range rich {
		doc := body(`<t:` + r.op.Response + `><` + r.op.ResponsePart + r.content + `</` + r.op.ResponsePart + `></t:` + r.op.Response + `>`)
		_, err := soap.DecodeResponse([]byte(doc), r.op, r.op.NewResponse())
		add([]byte(doc), err, r.op)
	}
	add([]byte(codes("S:Sender", "m:_780", "7801")), nil, etsi.OpSignature)
	doc, err := soap.AppendFault(nil, &etsi.Fault{Code: "Sender", Subcodes: []xmlwire.Name{mss("_105")}, Details: []string{"d"}, PortalURL: "http://p.example.test"})
	add(doc, err, etsi.OpSignature)
	return seeds
}

// FuzzDecodeResponse holds that an error comes with nothing, and that whatever
// is accepted survives being written and read again.
func FuzzDecodeResponse(f *testing.F) {
	require.NotZero(f, seedResponses(f))
	f.Fuzz(func(t *testing.T, doc []byte, n uint8) {
		op := operations[int(n)%len(operations)]
		m := op.NewResponse()
		fault, err := soap.DecodeResponse(doc, op, m)
		switch {
		case err != nil:
			require.ErrorAs(t, err, new(*xmlwire.Error))
			require.Nil(t, fault)
		case fault != nil:
			require.Equal(t, op.NewResponse(), m, "a fault leaves the message alone")
			requireFaultStays(t, fault)
		default:
			requireStays(t, m, func(m etsi.Message) ([]byte, error) {
				return soap.AppendResponse(nil, op, styles[int(n)%len(styles)], m)
			}, func(doc []byte) (etsi.Message, error) {
				again := op.NewResponse()
				fault, err := soap.DecodeResponse(doc, op, again)
				require.Nil(t, fault)
				return again, err
			})
		}
	})
}

// FuzzDecodeRequest is the same for requests.
func FuzzDecodeRequest(f *testing.F) {
	seeds := 0
	for _, r := range requests {
		for _, s := range styles {
			doc, err := soap.AppendRequest(nil, r.op, s, r.m)
			require.NoError(f, err)
			f.Add(doc)
			seeds++
		}
	}
	require.NotZero(f, seeds)
	f.Fuzz(func(t *testing.T, doc []byte) {
		op, style, m, err := soap.DecodeRequest(doc)
		if err != nil {
			require.ErrorAs(t, err, new(*xmlwire.Error))
			require.Nil(t, op)
			require.Nil(t, m)
			require.Zero(t, style)
			return
		}
		requireStays(t, m, func(m etsi.Message) ([]byte, error) {
			return soap.AppendRequest(nil, op, style, m)
		}, func(doc []byte) (etsi.Message, error) {
			op2, style2, again, err := soap.DecodeRequest(doc)
			require.Same(t, op, op2)
			require.Equal(t, style, style2)
			return again, err
		})
	})
}

// requireStays writes m and reads it twice. Elements of wildcards take the
// declarations they need with them when they are written first, so a message
// that has such is compared from then on; its bytes are the same all the time.
func requireStays(t *testing.T, m etsi.Message, write func(etsi.Message) ([]byte, error), read func([]byte) (etsi.Message, error)) {
	t.Helper()
	doc, err := write(m)
	require.NoError(t, err)
	if len(doc) > 1<<20 {
		return
	}
	once, err := read(doc)
	require.NoError(t, err, "%s", doc)
	if !hasScope(reflect.ValueOf(m)) {
		require.Equal(t, m, once)
	}
	doc2, err := write(once)
	require.NoError(t, err)
	require.Equal(t, string(doc), string(doc2))
	twice, err := read(doc2)
	require.NoError(t, err)
	require.Equal(t, once, twice)
}

// hasScope finds an element kept raw that leans on declarations outside it.
func hasScope(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && hasScope(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if hasScope(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		if raw, ok := v.Interface().(xmlwire.Raw); ok {
			return len(raw.Scope) > 0
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && hasScope(v.Field(i)) {
				return true
			}
		}
	}
	return false
}

func requireFaultStays(t *testing.T, f *etsi.Fault) {
	t.Helper()
	doc, err := soap.AppendFault(nil, f)
	if err != nil {
		return // a code that is no name, such as 105
	}
	if f.Lang == "" {
		f.Lang = "en"
	}
	require.Equal(t, f, decodeFault(t, string(doc)))
}
