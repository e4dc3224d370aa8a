package hermodtest

import (
	"crypto"
	"crypto/rsa"
	"slices"
	"strings"
)

// otherHost is where nothing of this server is (RFC 6761 6.4).
const otherHost = "elsewhere.invalid"

// attestation is the outer JWS of PROV before it is signed.
type attestation struct {
	header  object
	profile object
	keys    []string // nested JWS
	device  crypto.Signer
	key     crypto.Signer
}

// forge spoils what is signed, or who signs.
func (a *attestation) forge(f Forge) error {
	switch {
	case f >= ForgeAttestationKey && f <= ForgeExponent:
		return a.forgeKey(f)
	case f >= ForgeNonce && f <= ForgeHeaderFQDN:
		a.forgeHeader(f)
	case f >= ForgePayloadTwice && f <= ForgeBoxID:
		a.forgeProfile(f)
	case f == ForgeMissingKey:
		a.keys = []string{}
	case f == ForgeDoubleKey:
		a.keys = append(a.keys, a.keys[0])
	}
	return nil
}

func (a *attestation) forgeKey(f Forge) error {
	stranger, err := strangerKey()
	if err != nil {
		return err
	}
	switch f {
	case ForgeAttestationKey:
		a.key = stranger
		a.header = a.header.with("jwk", attestationJWK(&stranger.PublicKey))
	case ForgeKeyHint:
		a.key = stranger
	case ForgeSelfAttested:
		a.key = a.device
		a.header = a.header.with("jwk", deviceJWK("attestation", "sig", "active", "RS256", a.device.Public()))
	case ForgeNoJWK:
		a.header = a.header.without("jwk")
	case ForgePrivateJWK:
		a.header = a.header.with("jwk", a.jwk().with("d", segment(stranger.D.Bytes())))
	case ForgeWeakJWK:
		weak, err := weakKey()
		if err != nil {
			return err
		}
		a.key = weak
		a.header = a.header.with("jwk", attestationJWK(&weak.PublicKey))
	case ForgeExponent:
		a.header = a.header.with("jwk", a.jwk().with("e", segment([]byte{3})))
	}
	return nil
}

func (a *attestation) jwk() object { return attestationJWK(a.key.Public().(*rsa.PublicKey)) }

func (a *attestation) forgeHeader(f Forge) {
	switch f {
	case ForgeNonce:
		a.header = a.header.with("nonce", "another nonce")
	case ForgeNoNonce:
		a.header = a.header.without("nonce")
	case ForgeHeaderFQDN:
		a.header = a.header.with("fqdn", otherHost)
	}
}

func (a *attestation) forgeProfile(f Forge) {
	boxURL := a.profile[a.profile.index("boxurl")].value.(string)
	switch f {
	case ForgePayloadTwice:
		a.profile = append(object{{"userid", "somebody.else"}}, a.profile...)
	case ForgeUserID:
		a.profile = a.profile.with("userid", "somebody.else")
	case ForgeServerName:
		a.profile = a.profile.with("servername", "another server")
	case ForgeProfileName:
		a.profile = a.profile.with("name", "another profile")
	case ForgeNoProfileID:
		a.profile = a.profile.without("id")
	case ForgeBoxHost:
		path := boxURL[strings.Index(boxURL, basePath):]
		a.profile = a.profile.with("boxurl", "https://"+otherHost+path)
	case ForgeBoxHTTP:
		a.profile = a.profile.with("boxurl", strings.Replace(boxURL, "https:", "http:", 1))
	case ForgeBoxID:
		a.profile = a.profile.with("boxurl", boxURL[:strings.LastIndex(boxURL, "/")]+"/box-1")
	}
}

// nested is a nested JWS of PROV before it is signed.
type nested struct {
	header, payload object
	key             crypto.Signer
}

// forge spoils a nested key in ways that leave the key itself as it is.
func (n *nested) forge(f Forge) error {
	stranger, err := strangerKey()
	if err != nil {
		return err
	}
	switch f {
	case ForgeKeyID:
		n.header, n.payload = n.header.with("kid", "another"), n.payload.with("kid", "another")
	case ForgeKeyIDHeader:
		n.header = n.header.with("kid", "another")
	case ForgeNestedAlg:
		n.header = n.header.with("alg", otherAlg(n.key))
	case ForgeKeyAlg:
		n.payload = n.payload.with("alg", otherAlg(n.key))
	case ForgeNestedNonce:
		n.header = n.header.with("nonce", "another nonce")
	case ForgePossession:
		n.key = stranger
	case ForgeKeyLength:
		if weak, ok := n.key.(*rsa.PrivateKey); ok {
			padded := slices.Concat(make([]byte, 256-len(weak.N.Bytes())), weak.N.Bytes())
			n.payload = n.payload.with("n", segment(padded)).with("n#len", "2048")
		}
	case ForgePrivateKey:
		n.payload = n.payload.with("d", segment(stranger.D.Bytes()))
	case ForgeUse:
		n.payload = n.payload.with("use", "ENC")
	case ForgeKeyState:
		n.payload = n.payload.with("keystate", "inactive")
	}
	return nil
}

func otherAlg(key crypto.Signer) string {
	if keyKind(key.Public()) == P256 {
		return "ES512"
	}
	return "RS512"
}

// sign makes the nested JWS.
func (n *nested) sign(f Forge) (string, error) {
	j := jws{n.header, compact(n.payload), n.key}
	key, isRSA := n.key.(*rsa.PrivateKey)
	switch {
	case f == ForgeNestedNone:
		return j.sign(ForgeNone)
	case f == ForgeNestedAlg && isRSA:
		value, err := signSHA512(key, []byte(j.input()))
		return j.input() + "." + segment(value), err
	}
	return j.sign(Genuine)
}

// forgedKey is the key of a profile where that itself is what is wrong; nil where it is not.
func forgedKey(f Forge, k *deviceKey) (*deviceKey, error) {
	if k.kind != RSA && f != ForgeKeyType {
		return nil, nil
	}
	out := *k
	var err error
	switch {
	case f == ForgeKeyLength:
		out.signer, err = weakKey()
	case f == ForgeSharedKey:
		out.signer, err = attestationKey()
	case f == ForgeKeyType && k.kind == RSA:
		out.signer, err = newECKey()
		out.kind, out.mechanism = P256, "ES256"
	case f == ForgeKeyType:
		out.signer, err = strangerKey()
		out.kind, out.mechanism = RSA, "RS256"
	default:
		return nil, nil
	}
	return &out, err
}
