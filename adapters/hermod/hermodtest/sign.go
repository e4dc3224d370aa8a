package hermodtest

import (
	"crypto"
	"encoding/base64"

	"github.com/gomss/gomss/internal/cms/cmstest"
)

// signature is the result of AUTH and SIGN: what the device's key makes of tbs. The server's lock is held.
func (s *Server) signature(c *command, k *deviceKey) (contentType, data string, err error) {
	q, f := c.question, c.person.Forge
	contentType = q.format
	if f == ForgeFormat {
		contentType = otherFormat(contentType)
	}
	tbs := q.tbs
	last := lastResult{q.user, c.kind, contentType}
	switch replayed, ok := s.results[last]; {
	case f == ForgeReplay && ok:
		return contentType, replayed, nil
	case f == ForgeReplay, f == ForgePayload:
		tbs = []byte("Transfer 10,000 to somebody else?")
	case f == ForgeAppended:
		tbs = append(tbs[:len(tbs):len(tbs)], ' ')
	}
	if contentType == "jws" {
		data, err = s.jws(tbs, k, f)
	} else {
		data, err = s.cms(tbs, k, f)
	}
	if f == Genuine {
		s.results[last] = data
	}
	if f == ForgeContentType {
		contentType = otherFormat(contentType)
	}
	return contentType, data, err
}

// lastResult names the last result of a user.
type lastResult struct {
	user   string
	kind   kind
	format string
}

func otherFormat(format string) string {
	if format == "jws" {
		return "pkcs7"
	}
	return "jws"
}

// jws signs text in a JWS.
func (s *Server) jws(tbs []byte, k *deviceKey, f Forge) (string, error) {
	j := jws{header: object{{"alg", k.mechanism}, {"kid", k.id}}, payload: tbs, key: k.signer}
	other, err := s.somebodyElse(k.kind)
	if err != nil {
		return "", err
	}
	switch f {
	case ForgeOtherKey, ForgeOtherUser:
		j.key = other.Key
	case ForgeKID:
		j.header = j.header.with("kid", "another")
	case ForgeEmbeddedKey:
		j.key = other.Key
		j.header = append(j.header, member{"jwk", deviceJWK(k.id, "SIG", "active", k.mechanism, other.Key.Public())})
	case ForgeEmbeddedChain:
		j.key = other.Key
		j.header = append(j.header, member{"x5c", []string{base64.StdEncoding.EncodeToString(other.Certificate.Raw)}})
	}
	return j.sign(f)
}

// somebodyElse is another user of the same CA, with a key of the same kind.
func (s *Server) somebodyElse(kind Key) (out cmstest.Signer, err error) {
	if kind == P256 {
		out.Key, err = newECKey()
	} else {
		out.Key, err = strangerSigner()
	}
	if err != nil {
		return out, err
	}
	out.Certificate, err = s.pki.user(subject("somebody.else"), out.Key.Public())
	return out, err
}

func strangerSigner() (crypto.Signer, error) { return strangerKey() }
