package mssp_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// The operations of the matrix, and where the guide (section 6.1) says that a fault can occur.
const (
	inSignature = 1 << iota
	inStatus
	inReceipt
	inProfile
	inAll = inSignature | inStatus | inReceipt | inProfile
)

// matrix is the guide's table of faults: the code, its name, and the operations that can answer with it.
var matrix = []struct {
	code mss.Code
	name string
	in   int
}{
	{101, "WRONG_PARAM", inAll},
	{102, "MISSING_PARAM", inAll},
	{103, "WRONG_DATA_LENGTH", inSignature | inReceipt},
	{104, "UNAUTHORIZED_ACCESS", inAll},
	{105, "UNKNOWN_CLIENT", inSignature | inReceipt | inProfile},
	{107, "INAPPROPRIATE_DATA", inSignature | inReceipt},
	{108, "INCOMPATIBLE_INTERFACE", inAll},
	{109, "UNSUPPORTED_PROFILE", inSignature},
	{208, "EXPIRED_TRANSACTION", inSignature | inStatus | inReceipt},
	{209, "OTA_ERROR", inSignature | inStatus},
	{401, "USER_CANCEL", inSignature | inStatus},
	{402, "PIN_NR_BLOCKED", inAll},
	{403, "CARD_BLOCKED", inAll},
	{404, "NO_KEY_FOUND", inAll},
	{406, "PB_SIGNATURE_PROCESS", inSignature | inStatus},
	{422, "NO_CERT_FOUND", inAll},
	{900, "INTERNAL_ERROR", inAll},
	// In no guide, but in the operator's own client.
	{450, "GEOFENCING_POLICY_VIOLATION", 0},
	{780, "CONNECTION_REFUSED", 0},
}

// elsewhere are faults of TS 102 204 that the service does not list.
var elsewhere = []mss.Code{
	mss.HandshakeRequired, mss.NoURLFound, mss.RegistrationNOK, mss.CRLProblem, mss.CRLExpired, mss.ErrorCertificate, mss.NoRoamingHeader,
	mss.NoIdentityIssuer, mss.NoHomeMSSP, mss.NoRoamingInput, mss.RoamingExpired, mss.NoRoutingService, mss.NoIdentityService,
	mss.NoVerifyingService,
}

// operations is how each operation comes to its fault.
var operations = []struct {
	name string
	bit  int
	op   *etsi.Operation
	do   func(t *testing.T, srv *msstest.Server, c *mssp.Client) error
}{
	{mss.OpSignature, inSignature, etsi.OpSignature, func(t *testing.T, srv *msstest.Server, c *mssp.Client) error {
		_, err := c.Start(t.Context(), request(t, srv, person))
		_, errSync := c.SignSync(t.Context(), request(t, srv, person))
		require.Equal(t, err, errSync, "the mode makes no difference")
		return err
	}},
	{mss.OpStatusQuery, inStatus, etsi.OpStatusQuery, func(t *testing.T, srv *msstest.Server, c *mssp.Client) error {
		_, err := modes["async"](t, c, request(t, srv, person))
		return err
	}},
	{mss.OpReceipt, inReceipt, etsi.OpReceipt, func(t *testing.T, srv *msstest.Server, c *mssp.Client) error {
		sig, err := c.SignSync(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		_, err = c.Receipt(t.Context(), sig, mss.Message{Text: srv.Prefix() + "done", Language: "en"})
		return err
	}},
	{mss.OpProfileQuery, inProfile, etsi.OpProfileQuery, func(t *testing.T, _ *msstest.Server, c *mssp.Client) error {
		_, err := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, person)})
		return err
	}},
}

// TestFaultMatrix: every fault in answer to every operation in both bindings is that fault, whether the guide lists it
// there or not, with a name, advice, and a text for the person in four languages.
func TestFaultMatrix(t *testing.T) {
	texts := catalogue.Default()
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "code\tname")
	for _, b := range bindings {
		for _, o := range operations {
			fmt.Fprintf(w, "\t%s %s", b, strings.TrimPrefix(o.name, "MSS_"))
		}
	}
	fmt.Fprintln(w, "\tmay have rung")
	for _, row := range matrix {
		require.Equal(t, row.name, row.code.Name())
		require.NotEmpty(t, row.code.Advice())
		for _, lang := range []string{"en", "de", "fr", "it"} {
			require.NotEmpty(t, texts[strconv.Itoa(int(row.code))].Person[lang], "%d in %s", row.code, lang)
		}
		fmt.Fprintf(w, "%d\t%s", row.code, row.name)
		rung := make(map[bool]bool)
		for _, b := range bindings {
			for _, o := range operations {
				srv, c, script := newScripted(t, b, nil)
				script.answer = func(op *etsi.Operation, _ etsi.Message) (etsi.Message, *etsi.Fault) {
					if op != o.op {
						return nil, nil
					}
					return nil, faultOf(strconv.Itoa(int(row.code)), "a detail")
				}
				err := o.do(t, srv, c)
				fault, ok := errors.AsType[*mss.Fault](err)
				require.True(t, ok, "%v %s %d: %v", b, o.name, row.code, err)
				require.Equal(t, row.code, fault.Code)
				require.Equal(t, o.name, fault.Operation)
				require.Equal(t, []mss.Private{mss.Conceal("a detail")}, fault.Details)
				if o.op == etsi.OpSignature {
					rung[mss.MayHaveRung(err)] = true
				}
				// The guide lists the fault for this operation, or it comes where nobody expects it.
				fmt.Fprint(w, "\t", map[bool]string{true: "fault", false: "(fault)"}[row.in&o.bit != 0])
			}
		}
		require.Len(t, rung, 1, "the bindings agree")
		fmt.Fprintln(w, "\t", map[bool]string{true: "yes", false: "no"}[rung[true]])
	}
	require.NoError(t, w.Flush())
	t.Log("in parentheses: the guide does not list the fault for that operation; it is not taken for another one\n" + table.String())
}

// TestFaultMatrixIsComplete: a fault code without a row fails.
func TestFaultMatrixIsComplete(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../code.go", nil, 0)
	require.NoError(t, err)
	n := 0
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			constant := spec.(*ast.ValueSpec)
			name := constant.Names[0].Name
			if strings.HasPrefix(name, "Status") || strings.HasPrefix(name, "FiCom") {
				continue // no faults, and codes below a fault's
			}
			value, err := strconv.Atoi(constant.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			n++
			listed := slices.Contains(elsewhere, mss.Code(value))
			for _, row := range matrix {
				listed = listed || row.code == mss.Code(value)
			}
			require.True(t, listed, "mss.%s has no row in the matrix", name)
		}
	}
	require.Equal(t, len(matrix)+len(elsewhere), n)
}
