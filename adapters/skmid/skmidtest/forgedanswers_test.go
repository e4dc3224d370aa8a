package skmidtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

// What is wrong at /certificate alone leaves sessions as they are.
func TestForgedCertificateAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range forgeries {
		if !strings.Contains(tt.fits, "C") || tt.forge == skmidtest.ForgeSlow {
			continue
		}
		t.Run(strconv.Itoa(int(tt.forge)), func(t *testing.T) {
			t.Parallel()
			srv, c := inProcess(t, nil)
			srv.Script(phone, code, skmidtest.Person{ForgeCertificate: tt.forge})
			require.Empty(t, c.judge(authentication))
			want := tt.sign
			switch tt.forge {
			case skmidtest.ForgeNoCertificate:
				want = "no certificate"
			case skmidtest.ForgeBroken, skmidtest.ForgeCut:
				content, err := json.Marshal(c.ask())
				require.NoError(t, err)
				_, err = c.do(t.Context(), http.MethodPost, "/certificate", "application/json", content)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				return
			}
			require.Equal(t, want, c.judge(signature))
		})
	}
}

// The signature of a signing session does not verify with the authentication certificate: who trusts /certificate when it
// hands out that one, gets no signature that holds.
func TestAuthenticationCertificateForSigning(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{ForgeCertificate: skmidtest.ForgeKind})
	cert := c.certificateOf(c.ask())
	a := c.outcome(signature, c.ask())
	require.Equal(t, "signature", usual(srv, signature).signature(cert, a.Signature.Algorithm, decode(t, a.Signature.Value)))
}

func TestForgedStarts(t *testing.T) {
	t.Parallel()
	rings := map[skmidtest.Forge]int{skmidtest.Forge401: 0, skmidtest.Forge429: 0, skmidtest.Forge503: 0, skmidtest.Forge580: 0}
	statuses := map[skmidtest.Forge]int{skmidtest.Forge401: 401, skmidtest.Forge404: 404, skmidtest.Forge429: 429, skmidtest.Forge500: 500,
		skmidtest.Forge503: 503, skmidtest.Forge580: 580, skmidtest.ForgeEmpty: 500, skmidtest.ForgeHTML502: 502}
	for _, tt := range forgeries {
		if !strings.Contains(tt.fits, "S") || tt.forge == skmidtest.ForgeSlow {
			continue
		}
		t.Run(strconv.Itoa(int(tt.forge)), func(t *testing.T) {
			t.Parallel()
			srv, c := inProcess(t, nil)
			srv.Script(phone, code, skmidtest.Person{ForgeStart: tt.forge})
			content, err := json.Marshal(c.ask())
			require.NoError(t, err)
			a, err := c.do(t.Context(), http.MethodPost, "/signature", "application/json", content)
			n, quiet := rings[tt.forge]
			if !quiet {
				n = 1
			}
			srv.AssertPrompts(t, n)
			switch tt.forge {
			case skmidtest.ForgeBroken, skmidtest.ForgeCut:
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				return
			case skmidtest.ForgeNoSession:
				require.NoError(t, err)
				require.Empty(t, document(a))
				require.Empty(t, a.SessionID)
				return
			case skmidtest.ForgeSessionPath:
				require.NoError(t, err)
				require.Empty(t, document(a))
				require.Contains(t, a.SessionID, "/../signature/session/")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.sign, document(a))
			if status, ok := statuses[tt.forge]; ok {
				require.Equal(t, status, a.status)
			}
			if tt.sign == "http" && tt.forge != skmidtest.ForgeEmpty && tt.forge != skmidtest.ForgeHTML502 {
				requireError(t, a, a.status, "")
			}
		})
	}
}
