package hermodtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/internal/strictjson"
)

// FuzzCommand: whatever is posted is taken or refused, with JSON.
func FuzzCommand(f *testing.F) {
	segments := []string{"provision", "certificate", "authenticate", "sign", "ping"}
	for i, seed := range []object{
		prov(f, rsa2048), certCommand("3051e9f3-0e4d-436b-a512-2e18d8afe134", template(f)), signing("authCommand", "pkcs7", "CKM_ECDSA_SHA256", []byte("x")),
		signCommand("x"), {"commandHeader": header("@" + user), "pingCommand": object{"deviceinfo": "true"}},
	} {
		doc := encoded(f, seed)
		require.NotEmpty(f, doc)
		f.Add(uint8(i), doc)
	}
	f.Fuzz(func(t *testing.T, command uint8, doc []byte) {
		srv, err := hermodtest.NewInProcess(hermodtest.Options{})
		require.NoError(t, err)
		defer srv.Close()
		srv.Person(hermodtest.Person{User: user, Key: hermodtest.P256})
		_, err = srv.Enroll(user)
		require.NoError(t, err)
		c := call(t, srv)
		a, err := c.do(t.Context(), http.MethodPost, "/command/"+segments[int(command)%len(segments)], "application/json", doc)
		require.NoError(t, err)
		require.Contains(t, []int{200, 400, 413}, a.status)
		require.NoError(t, strictjson.Check(a.body))
		if a.status == http.StatusOK && len(a.Destinations) > 0 {
			cb := c.next()
			require.NoError(t, strictjson.Check(cb.body))
			require.Equal(t, "COMPLETED", cb.State)
		}
	})
}
