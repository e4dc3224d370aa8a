package hermod

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/gomss/gomss/internal/strictjson"
)

// signatureAlgorithms are the algorithms of RFC 7518 section 3.1 that are accepted. Hermod's keys are RSA keys, and its JWS say
// RS256; "none" and the symmetric ones have no place here.
var signatureAlgorithms = map[string]jose.SignatureAlgorithm{"RS256": jose.RS256, "RS384": jose.RS384, "RS512": jose.RS512}

// Limits, in octets of the compact form. The example's have 4,690 and 2,334.
const (
	maxJWS       = 128 << 10
	maxNestedJWS = 16 << 10
)

// compactJWS is a JWS in compact serialisation (RFC 7515 section 7.1) that was taken apart. Nothing in it is believed before
// verify.
type compactJWS struct {
	compact   string
	protected []byte    // the header's JSON
	header    jwsHeader // after readHeader
	payload   []byte
}

// jwsHeader is the protected header, as far as it is looked at.
type jwsHeader struct {
	Alg   string          `json:"alg"`
	KeyID string          `json:"kid"`
	Nonce string          `json:"nonce"`
	FQDN  string          `json:"fqdn"`
	JWK   *jwk            `json:"jwk"`
	Crit  json.RawMessage `json:"crit"`
	B64   json.RawMessage `json:"b64"`
}

// parseJWS reads a compact JWS of at most limit octets whose signature can be verified.
func parseJWS(compact string, limit int) (*compactJWS, error) {
	j, err := splitJWS(compact, limit)
	if err != nil {
		return nil, err
	}
	return j, j.readHeader()
}

// splitJWS splits a compact JWS of at most limit octets into exactly three segments, none of them empty, each in base64url
// without padding and in the one spelling that its octets have: a second spelling would be another text with the same
// signature.
func splitJWS(compact string, limit int) (*compactJWS, error) {
	if len(compact) > limit {
		return nil, fmt.Errorf("the JWS is longer than %d octets", limit)
	}
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("a compact JWS has three segments, this has more or fewer")
	}
	var segments [3][]byte
	for i, part := range parts {
		var err error
		if segments[i], err = decodeBase64URL(part); err != nil {
			return nil, fmt.Errorf("segment %d of the JWS %w", i+1, err)
		}
	}
	return &compactJWS{compact: compact, protected: segments[0], payload: segments[1]}, nil
}

// readHeader reads the header: strict JSON, an algorithm that is accepted, and no extension that would have to be understood
// (RFC 7515 section 4.1.11, RFC 7797).
func (j *compactJWS) readHeader() error {
	if err := strictjson.Unmarshal(j.protected, &j.header); err != nil {
		return fmt.Errorf("the JWS header: %w", err)
	}
	if _, ok := signatureAlgorithms[j.header.Alg]; !ok {
		return errors.New("the JWS header's alg is not one of RS256, RS384 and RS512")
	}
	if j.header.Crit != nil || j.header.B64 != nil {
		return errors.New("the JWS header has crit or b64: no extension is understood")
	}
	return nil
}

// verify verifies the signature with a key that the caller trusts for it, never with one that was found in the header.
func (j *compactJWS) verify(key *rsa.PublicKey) error {
	if err := checkRSA(key); err != nil {
		return err
	}
	parsed, err := jose.ParseSignedCompact(j.compact, []jose.SignatureAlgorithm{signatureAlgorithms[j.header.Alg]})
	if err != nil {
		return errors.New("the JWS is not one") // the parser's error can quote it
	}
	if _, err := parsed.Verify(key); err != nil {
		return errors.New("the signature of the JWS is not one of the key")
	}
	return nil
}

// decodeBase64URL decodes base64url without padding, in its only spelling: encoding/base64 passes over line ends, and over
// bits behind the last octet.
func decodeBase64URL(s string) ([]byte, error) {
	return decodeBase64(base64.RawURLEncoding, s, "is empty, or not in canonical base64url without padding")
}

// decodeBase64Std decodes standard base64 with padding, in its only spelling.
func decodeBase64Std(s string) ([]byte, error) {
	return decodeBase64(base64.StdEncoding, s, "is empty, or not in canonical base64 with padding")
}

func decodeBase64(e *base64.Encoding, s, complaint string) ([]byte, error) {
	b, err := e.DecodeString(s)
	if err != nil || len(b) == 0 || e.EncodeToString(b) != s {
		return nil, errors.New(complaint)
	}
	return b, nil
}
