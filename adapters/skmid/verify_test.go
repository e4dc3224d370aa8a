package skmid_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
)

// evidence runs a request up to the evidence of what answer says of the digest that was sent.
func evidence(t testing.TB, r *realm, req *mss.Request, answer func(hash crypto.Hash, digest []byte) []byte) (*skmid.Client, *mss.Evidence) {
	t.Helper()
	var (
		hash   crypto.Hash
		digest []byte
	)
	s := &service{respond: func(hr *http.Request, m map[string]string) *http.Response {
		if hr.Method == http.MethodGet {
			return octets(http.StatusOK, answer(hash, digest))
		}
		for h, name := range hashNames {
			if m["hashType"] == name {
				hash = h
			}
		}
		var err error
		digest, err = base64.StdEncoding.DecodeString(m["hash"])
		require.NoError(t, err)
		return reply(http.StatusOK, `{"sessionID":"`+session+`"}`)
	}}
	c := newClient(t, r, s)
	tx, err := c.Start(t.Context(), req)
	require.NoError(t, err)
	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.NotNil(t, st.Evidence)
	return c, st.Evidence
}

func signing(t testing.TB, h *holder, hash crypto.Hash) *mss.Request {
	t.Helper()
	digest := map[crypto.Hash][]byte{crypto.SHA256: sum256("contract"), crypto.SHA384: sum384("contract"), crypto.SHA512: sum512("contract")}[hash]
	return &mss.Request{
		Purpose: mss.Signing, User: estonian(t), Display: "Contract 42", Language: "en",
		Data: mss.Digest(hash, digest), Key: h.cert,
	}
}

// TestVerify: every kind of key with every hash, for both purposes.
func TestVerify(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for keyName, key := range map[string]crypto.Signer{
		"P-256": ecKey(), "P-384": generate(elliptic.P384()), "P-521": generate(elliptic.P521()), "RSA": rsaKey(),
	} {
		for hash := range hashNames {
			t.Run(keyName+" "+hash.String(), func(t *testing.T) {
				t.Parallel()
				auth, sign := r.person(t, mss.Authentication, key, nil), r.person(t, mss.Signing, key, nil)
				req := authentication(t)
				req.Options = skmid.Options{Hash: hash}
				c, ev := evidence(t, r, req, func(h crypto.Hash, digest []byte) []byte {
					require.Equal(t, hash, h)
					return auth.answer(t, mss.Authentication, h, digest).bytes(t)
				})
				sig, err := c.Verify(ev)
				require.NoError(t, err)
				require.True(t, sig.Verified())
				require.True(t, sig.Fresh)
				require.Equal(t, "PNOEE-"+digits, sig.Signer.ID)
				require.Equal(t, estonian(t).Person, sig.Signer.Person)
				require.Equal(t, []string{"JAAK-KRISTJAN", "JÕEORG"}, []string{sig.Signer.GivenName.Reveal(), sig.Signer.Surname.Reveal()})
				require.Equal(t, []*x509.Certificate{auth.cert, r.ca.cert}, sig.Signer.Chain)
				require.False(t, sig.Signer.Test)
				require.Len(t, sig.Content, hash.Size())
				require.Equal(t, "Log in?", sig.Display.Reveal())
				require.Equal(t, mss.StatusSignature, sig.Status)
				require.Equal(t, keyName == "RSA", sig.Format == mss.RawRSA)
				require.Same(t, ev, sig.Evidence)

				c, ev = evidence(t, r, signing(t, sign, hash), func(h crypto.Hash, digest []byte) []byte {
					return sign.answer(t, mss.Signing, h, digest).bytes(t)
				})
				sig, err = c.Verify(ev)
				require.NoError(t, err)
				require.False(t, sig.Fresh, "the same document could be signed before")
				require.Equal(t, []*x509.Certificate{sign.cert, r.ca.cert}, sig.Signer.Chain)
				require.Equal(t, signing(t, sign, hash).Data.Content, sig.Content)

				stored, err := ev.MarshalBinary()
				require.NoError(t, err)
				read := new(mss.Evidence)
				require.NoError(t, read.UnmarshalBinary(stored))
				_, err = newVerifier(t, r.anchors).Verify(read)
				require.NoError(t, err, "another process, years later")
			})
		}
	}
}

// TestVerifyDER: what some have met in place of r and s is read where it is strict DER, and handed on as r and s.
func TestVerifyDER(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	var raw []byte
	c, ev := evidence(t, r, authentication(t), func(h crypto.Hash, digest []byte) []byte {
		b := r.auth.answer(t, mss.Authentication, h, digest)
		raw = r.auth.signRaw(t, h, digest)
		b.Signature.Value = base64.StdEncoding.EncodeToString(der(t, raw))
		return b.bytes(t)
	})
	sig, err := c.Verify(ev)
	require.NoError(t, err)
	require.Equal(t, raw, sig.Value)
	require.Equal(t, mss.RawECDSA, sig.Format)
}

// der writes r and s as a SEQUENCE.
func der(t testing.TB, raw []byte) []byte {
	t.Helper()
	half := len(raw) / 2
	b, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
	require.NoError(t, err)
	return b
}

// TestVerifyPurposes: the evidence of one purpose is none of the other, whatever is said about it.
func TestVerifyPurposes(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	auth := genuine(t, r)
	auth.Transaction.Purpose = mss.Signing
	_, err := v.Verify(auth)
	requireFailed(t, err, "evidence")

	answer := func(h crypto.Hash, digest []byte) []byte { return r.sign.answer(t, mss.Signing, h, digest).bytes(t) }
	c, signed := evidence(t, r, signing(t, r.sign, crypto.SHA256), answer)
	signed.Transaction.Purpose = mss.Authentication
	_, err = c.Verify(signed)
	requireFailed(t, err, "evidence")

	t.Run("the authentication key signs a document", func(t *testing.T) {
		_, ev := evidence(t, r, signing(t, r.sign, crypto.SHA256), func(h crypto.Hash, digest []byte) []byte {
			return r.auth.answer(t, mss.Signing, h, digest).bytes(t)
		})
		_, err := v.Verify(ev)
		requireFailed(t, err, "signature")
	})
	t.Run("and says so", func(t *testing.T) {
		_, ev := evidence(t, r, signing(t, r.sign, crypto.SHA256), func(h crypto.Hash, digest []byte) []byte {
			return r.auth.answer(t, mss.Authentication, h, digest).bytes(t)
		})
		_, err := v.Verify(ev)
		requireFailed(t, err, "certificate")
	})
	t.Run("the right certificate may be in the answer", func(t *testing.T) {
		_, ev := evidence(t, r, signing(t, r.sign, crypto.SHA256), func(h crypto.Hash, digest []byte) []byte {
			return r.sign.answer(t, mss.Authentication, h, digest).bytes(t)
		})
		_, err := v.Verify(ev)
		require.NoError(t, err)
	})
}

// TestVerifyReplay: one signature is not accepted for two transactions, not even in its other form.
func TestVerifyReplay(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	var raw []byte
	ask := func(transID string, change func(*body)) error {
		req := signing(t, r.sign, crypto.SHA256)
		req.TransID = transID
		_, ev := evidence(t, r, req, func(h crypto.Hash, digest []byte) []byte {
			b := r.sign.answer(t, mss.Signing, h, digest)
			if raw == nil {
				raw = r.sign.signRaw(t, h, digest)
			}
			b.Signature.Value = base64.StdEncoding.EncodeToString(raw)
			change(b)
			return b.bytes(t)
		})
		_, err := v.Verify(ev)
		return err
	}
	same := func(*body) {}
	require.NoError(t, ask("T1", same))
	require.NoError(t, ask("T1", same), "the same transaction, judged twice")
	requireFailed(t, ask("T2", same), "replay")
	requireFailed(t, ask("T2", func(b *body) { value(b, func(v []byte) []byte { return negated(t, r.sign, v) }) }), "replay")
	requireFailed(t, ask("T2", func(b *body) { value(b, func(v []byte) []byte { return der(t, v) }) }), "replay")
	require.NoError(t, ask("T3", func(b *body) {
		value(b, func([]byte) []byte { return r.sign.signRaw(t, crypto.SHA256, sum256("contract")) })
	}),
		"the same document, signed again")
}

// negated is the other valid form of an EC signature: (r, n-s).
func negated(t testing.TB, h *holder, raw []byte) []byte {
	t.Helper()
	n := h.key.(*ecdsa.PrivateKey).Params().N
	out := slices.Clone(raw)
	new(big.Int).Sub(n, new(big.Int).SetBytes(raw[32:])).FillBytes(out[32:])
	return out
}

// TestVerifyTime: certificates are judged when the answer came, by a time that is one.
func TestVerifyTime(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	for _, tt := range []struct {
		at    time.Time
		check string
	}{
		{time.Now(), ""}, {time.Now().Add(23 * time.Hour), ""},
		{time.Time{}, "chain"}, {time.Now().Add(-2 * time.Hour), "chain"}, {time.Now().Add(25 * time.Hour), "chain"},
	} {
		ev := genuine(t, r)
		ev.Received = tt.at
		_, err := v.Verify(ev)
		if tt.check == "" {
			require.NoError(t, err)
			continue
		}
		requireFailed(t, err, tt.check)
		require.ErrorContains(t, err, "is valid from")
	}
}

// TestVerifyEvidence: what is not evidence of this kind of service, environment and version is refused before anything else.
func TestVerifyEvidence(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	_, err := v.Verify(nil)
	requireFailed(t, err, "evidence")
	good := genuine(t, r)
	for name, change := range map[string]func(*mss.Evidence){
		"service":          func(ev *mss.Evidence) { ev.Transaction.Provider = "mssp|production|mid.example|x" },
		"environment":      func(ev *mss.Evidence) { ev.Transaction.Provider = "skmid|test|mid.example|x" },
		"nobody asked":     func(ev *mss.Evidence) { ev.Transaction.User.Person = mss.PersonID{} },
		"no TransID":       func(ev *mss.Evidence) { ev.Transaction.TransID = "" },
		"no state":         func(ev *mss.Evidence) { ev.Transaction.State = nil },
		"version":          func(ev *mss.Evidence) { ev.Transaction.State[0]++ },
		"purpose":          func(ev *mss.Evidence) { ev.Transaction.State[1] = byte(mss.Signing) },
		"length":           func(ev *mss.Evidence) { ev.Transaction.State[2] = 31 },
		"short":            func(ev *mss.Evidence) { ev.Transaction.State = ev.Transaction.State[:20] },
		"a certificate":    func(ev *mss.Evidence) { ev.Transaction.State = append(ev.Transaction.State, 0) },
		"length of a text": func(ev *mss.Evidence) { ev.Transaction.State[35] = 200 },
	} {
		ev := *good
		ev.Transaction.State = slices.Clone(good.Transaction.State)
		change(&ev)
		_, err := v.Verify(&ev)
		requireFailed(t, err, "evidence")
		require.NotContains(t, err.Error(), "mid.example", name)
	}
	sig, err := v.Verify(good)
	require.NoError(t, err, "the evidence itself is in order")
	sig.Content[0]++
	_, err = v.Verify(good)
	require.NoError(t, err, "what a caller does to the signature is not done to the evidence")
}

// TestVerifyResults: what the service says of a session without a signature, as the model's codes.
func TestVerifyResults(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	for result, code := range map[string]mss.Code{
		"TIMEOUT": 208, "EXPIRED_TRANSACTION": 208, "NOT_MID_CLIENT": 105, "USER_CANCELLED": 401, "PHONE_ABSENT": 209,
		"DELIVERY_ERROR": 209, "SIM_ERROR": 406, "SIGNATURE_HASH_MISMATCH": 406, "MID_NOT_READY": 900, "ERROR": 900,
		"ok": 900, "OK ": 900, "SOMETHING_NEW": 900,
	} {
		ev := genuine(t, r)
		b := r.auth.answer(t, mss.Authentication, crypto.SHA256, sum256("x"))
		b.Result = result // beside a signature, which must not be looked at
		ev.Raw = b.bytes(t)
		_, err := v.Verify(ev)
		var fault *mss.Fault
		require.ErrorAs(t, err, &fault, result)
		require.Equal(t, mss.Fault{Code: code, Operation: mss.OpStatusQuery, Native: result, TraceID: "4a295f2786d6dc89"}, *fault, result)
		require.True(t, mss.MayHaveRung(err))
	}
	ev := genuine(t, r)
	ev.Raw = []byte(`{"state":"COMPLETE","result":"` + strings.Repeat("x", 1000) + `\u202e","traceId":"` + digits + ` not an id"}`)
	_, err := v.Verify(ev)
	var fault *mss.Fault
	require.ErrorAs(t, err, &fault)
	require.Empty(t, fault.TraceID)
	require.LessOrEqual(t, len([]rune(fault.Native)), 65)
}

func TestVerifySession(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	digest := mss.Digest(crypto.SHA256, sum256("contract"))
	auth := r.auth.answer(t, mss.Authentication, crypto.SHA256, digest.Content).bytes(t)
	sign := r.sign.answer(t, mss.Signing, crypto.SHA256, digest.Content).bytes(t)
	doc, err := v.VerifySession(auth, mss.Authentication, digest, nil, time.Now())
	require.NoError(t, err)
	require.Equal(t, "PNOEE-"+digits, doc.Signer.ID)
	doc, err = v.VerifySession(sign, mss.Signing, digest, r.sign.cert, time.Now())
	require.NoError(t, err)
	require.Equal(t, digest.Content, doc.Content)
	mail := r.person(t, mss.Signing, r.sign.key, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	_, err = v.VerifySession(sign, mss.Signing, digest, mail.cert, time.Now())
	require.NoError(t, err, "nonRepudiation tells what is for signing, whatever the extended key usage says")
	for name, tt := range map[string]struct {
		check string
		err   error
	}{
		"no certificate": {"evidence", second(v.VerifySession(sign, mss.Signing, digest, nil, time.Now()))},
		"one too many":   {"evidence", second(v.VerifySession(auth, mss.Authentication, digest, r.auth.cert, time.Now()))},
		"no purpose":     {"evidence", second(v.VerifySession(auth, 0, digest, nil, time.Now()))},
		"a text":         {"evidence", second(v.VerifySession(auth, mss.Authentication, mss.Text("x"), nil, time.Now()))},
		"a short hash":   {"evidence", second(v.VerifySession(auth, mss.Authentication, mss.Digest(crypto.SHA256, make([]byte, 31)), nil, time.Now()))},
		"SHA-1":          {"evidence", second(v.VerifySession(auth, mss.Authentication, mss.Digest(crypto.SHA1, make([]byte, 20)), nil, time.Now()))},
		"a composed one": {"certificate", second(v.VerifySession(sign, mss.Signing, digest, &x509.Certificate{}, time.Now()))},
		"a large one": {"certificate", second(v.VerifySession(sign, mss.Signing, digest, r.person(t, mss.Signing, r.sign.key, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 1}, Value: make([]byte, 4096)}}
		}).cert, time.Now()))},
		"a demo person's, in production": {"signer", second(v.VerifySession(sign, mss.Signing, digest, r.person(t, mss.Signing, r.sign.key, func(c *x509.Certificate) {
			c.Subject = subjectOf("PNOEE-60001019906", "EE")
		}).cert, time.Now()))},
		"the other key":    {"key usage", second(v.VerifySession(sign, mss.Signing, digest, r.auth.cert, time.Now()))},
		"no time":          {"chain", second(v.VerifySession(auth, mss.Authentication, digest, nil, time.Time{}))},
		"not finished":     {"answer", second(v.VerifySession([]byte(`{"state":"RUNNING"}`), mss.Authentication, digest, nil, time.Now()))},
		"not JSON":         {"answer", second(v.VerifySession([]byte(`<html>`), mss.Authentication, digest, nil, time.Now()))},
		"an error's body":  {"answer", second(v.VerifySession([]byte(`{"error":"Session does not exist"}`), mss.Authentication, digest, nil, time.Now()))},
		"authentication's": {"certificate", second(v.VerifySession(auth, mss.Signing, digest, r.sign.cert, time.Now()))},
		"signing's":        {"certificate", second(v.VerifySession(sign, mss.Authentication, digest, nil, time.Now()))},
	} {
		require.Error(t, tt.err, name)
		requireFailed(t, tt.err, tt.check)
	}
}

func second[T any](_ T, err error) error { return err }
