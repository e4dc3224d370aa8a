package hermodtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

// forgedAnswers says all that is wrong with a command's own answer.
var forgedAnswers = map[hermodtest.Forge][]string{
	hermodtest.ForgeAnswerNoID:       {"commandId"},
	hermodtest.ForgeAnswerID:         {"commandId"},
	hermodtest.ForgeAnswerExternalID: {"externalId"},
	hermodtest.ForgeAnswerType:       {"commandType"},
	hermodtest.ForgeAnswerDone:       {"state"},
	hermodtest.ForgeAnswerNoBox:      {"destinations"},
	hermodtest.ForgeAnswerScheme:     {"scheme"},
	hermodtest.ForgeAnswerHost:       {"url"},
	hermodtest.ForgeAnswerFQDN:       {"fqdn"},
}

// forgedCallbacks says all that is wrong with callbacks of any command.
var forgedCallbacks = map[hermodtest.Forge][]string{
	hermodtest.ForgeNoAuth:        {"authorization"},
	hermodtest.ForgePassword:      {"authorization"},
	hermodtest.ForgePath:          {"path"},
	hermodtest.ForgeTwice:         {"json"},
	hermodtest.ForgeUnquoted:      {"json"},
	hermodtest.ForgeMalformed:     {"json"},
	hermodtest.ForgeEmpty:         {"json"},
	hermodtest.ForgeArray:         {"types"},
	hermodtest.ForgeDeep:          {"json"},
	hermodtest.ForgeUTF8:          {"json"},
	hermodtest.ForgeOversized:     {"json"},
	hermodtest.ForgeCommandID:     {"commandId"},
	hermodtest.ForgeNumber:        {"types"},
	hermodtest.ForgeExternalID:    {"externalId"},
	hermodtest.ForgeNoExternalID:  {"externalId"},
	hermodtest.ForgeType:          {"commandType"},
	hermodtest.ForgeState:         {"state"},
	hermodtest.ForgeNotDone:       {"state"},
	hermodtest.ForgeTimeout:       {"state"},
	hermodtest.ForgeNoHeader:      {"responseHeader"},
	hermodtest.ForgeStatus:        {"status"},
	hermodtest.ForgeInReplyTo:     {"inReplyTo"},
	hermodtest.ForgeNoResponse:    {"response"},
	hermodtest.ForgeOtherResponse: {"response"},
	hermodtest.ForgeNoCode:        {"code"},
	hermodtest.ForgeCode:          {"types"},
	hermodtest.ForgeFQDN:          {"fqdn"},
}

// forgedCertificates likewise for CERT, forgedResults for PROV, AUTH and SIGN.
var (
	forgedCertificates = map[hermodtest.Forge][]string{
		hermodtest.ForgePID: {"pid"},
		hermodtest.ForgeBox: {"bid"},
	}
	forgedResults = map[hermodtest.Forge][]string{
		hermodtest.ForgeNoResult:    {"result"},
		hermodtest.ForgeContentType: {"contenttype"},
		hermodtest.ForgeSignature:   {"signature"},
	}
)

// forgedJWS likewise for results in JWS.
var forgedJWS = map[hermodtest.Forge][]string{
	hermodtest.ForgeNone:        {"signature encoding"},
	hermodtest.ForgeHMAC:        {"alg", "signature"},
	hermodtest.ForgePSS:         {"alg", "signature"},
	hermodtest.ForgeSHA1:        {"alg", "signature"},
	hermodtest.ForgeCrit:        {"crit"},
	hermodtest.ForgeB64:         {"crit", "signature"},
	hermodtest.ForgeHeaderTwice: {"header"},
	hermodtest.ForgeTwoSegments: {"segments"},
	hermodtest.ForgeMoreSegment: {"segments"},
	hermodtest.ForgePadding:     {"signature encoding"},
	hermodtest.ForgeSpelling:    {"signature encoding"},
	hermodtest.ForgeLineEnd:     {"signature encoding"},
	hermodtest.ForgeJSONForm:    {"segments"},
	hermodtest.ForgeDetached:    {"payload encoding"},
}

// forgedEC is where EC differs.
var forgedEC = map[hermodtest.Forge][]string{
	hermodtest.ForgePSS:       {"alg"},
	hermodtest.ForgeNestedAlg: {"nested alg"},
	hermodtest.ForgeKeyLength: nil,
	hermodtest.ForgeSharedKey: nil,
}

// forgedProvisions likewise for PROV.
var forgedProvisions = map[hermodtest.Forge][]string{
	hermodtest.ForgeAttestationKey:   {"attestation key", "signature"},
	hermodtest.ForgeKeyHint:          {"signature"},
	hermodtest.ForgeSelfAttested:     {"attestation key", "signature"},
	hermodtest.ForgeNoJWK:            {"jwk"},
	hermodtest.ForgePrivateJWK:       {"private jwk"},
	hermodtest.ForgeWeakJWK:          {"attestation key", "signature"},
	hermodtest.ForgeExponent:         {"attestation key", "signature by the hint"},
	hermodtest.ForgeNonce:            {"nonce"},
	hermodtest.ForgeNoNonce:          {"nonce"},
	hermodtest.ForgeReplay:           {"nested nonce", "nonce"},
	hermodtest.ForgeHeaderFQDN:       {"header fqdn"},
	hermodtest.ForgePayloadTwice:     {"payload"},
	hermodtest.ForgeUserID:           {"userid"},
	hermodtest.ForgeServerName:       {"servername"},
	hermodtest.ForgeProfileName:      {"name"},
	hermodtest.ForgeNoProfileID:      {"id"},
	hermodtest.ForgeBoxHost:          {"boxurl"},
	hermodtest.ForgeBoxHTTP:          {"boxurl"},
	hermodtest.ForgeBoxID:            {"boxurl"},
	hermodtest.ForgeMissingKey:       {"keys"},
	hermodtest.ForgeExtraKey:         {"keys"},
	hermodtest.ForgeDoubleKey:        {"keys"},
	hermodtest.ForgeKeyID:            {"nested key kid", "nested kid"},
	hermodtest.ForgeKeyIDHeader:      {"nested kid"},
	hermodtest.ForgeNestedNone:       {"nested signature encoding"},
	hermodtest.ForgeNestedAlg:        {"nested alg", "nested possession"},
	hermodtest.ForgeKeyAlg:           {"nested key alg"},
	hermodtest.ForgeNestedNonce:      {"nested nonce"},
	hermodtest.ForgePossession:       {"nested possession"},
	hermodtest.ForgeKeyType:          {"nested alg", "nested key alg", "nested type"},
	hermodtest.ForgeKeyLength:        {"nested length"},
	hermodtest.ForgeSharedKey:        {"nested key of its own"},
	hermodtest.ForgePrivateKey:       {"nested private key"},
	hermodtest.ForgeUse:              {"nested use"},
	hermodtest.ForgeKeyState:         {"nested keystate"},
	hermodtest.ForgeNoRequest:        {"nested request"},
	hermodtest.ForgeRequestURL:       {"nested request encoding"},
	hermodtest.ForgeRequestTrailing:  {"nested request form"},
	hermodtest.ForgeRequestSignature: {"nested request signature"},
	hermodtest.ForgeRequestSHA1:      {"nested request hash"},
	hermodtest.ForgeRequestKey:       {"nested request key"},
	hermodtest.ForgeRequestTemplate:  {"nested request key"},
	hermodtest.ForgeRequestSubject:   {"nested request subject"},
	hermodtest.ForgeRequestOrder:     {"nested request subject"},
	hermodtest.ForgeRequestString:    {"nested request subject"},
	hermodtest.ForgeRequestExtension: {"nested request extensions"},
}

// forgedSignatures likewise for AUTH and SIGN.
var forgedSignatures = map[string]map[hermodtest.Forge][]string{
	"jws": {
		hermodtest.ForgeReplay:        {"payload"},
		hermodtest.ForgeOtherKey:      {"signature"},
		hermodtest.ForgeOtherUser:     {"signature"},
		hermodtest.ForgeKID:           {"kid"},
		hermodtest.ForgeEmbeddedKey:   {"embedded key", "signature"},
		hermodtest.ForgeEmbeddedChain: {"embedded key", "signature"},
		hermodtest.ForgePayload:       {"payload"},
		hermodtest.ForgeAppended:      {"payload"},
		hermodtest.ForgeFormat:        {"contenttype"},
	},
	"pkcs7": {
		hermodtest.ForgeReplay:        {"message digest", "payload"},
		hermodtest.ForgeOtherKey:      {"signature"},
		hermodtest.ForgeOtherUser:     {"certificate", "signature", "subject"},
		hermodtest.ForgePayload:       {"message digest", "payload"},
		hermodtest.ForgeAppended:      {"message digest", "payload"},
		hermodtest.ForgeFormat:        {"contenttype"},
		hermodtest.ForgeSHA1:          {"digest algorithm", "message digest", "signature"},
		hermodtest.ForgeDetached:      {"payload"},
		hermodtest.ForgeSameKey:       {"certificate", "subject"},
		hermodtest.ForgeOtherCA:       {"certificate", "chain"},
		hermodtest.ForgeUnmarked:      {"certificate", "mark"},
		hermodtest.ForgeExpired:       {"certificate", "chain", "validity"},
		hermodtest.ForgeNoCertificate: {"certificates"},
		hermodtest.ForgeDigest:        {"message digest"},
		hermodtest.ForgeNoAttributes:  {"attributes"},
		hermodtest.ForgeTwoSigners:    {"signers"},
		hermodtest.ForgeNoSigner:      {"signers"},
		hermodtest.ForgeTrailing:      {"form"},
	},
}

const tbs = "Pay 10?"

// TestForges: each forgery of each command spoils what it says and nothing else, for both kinds of keys. Of AUTH the forgeries are those
// of SIGN, so one kind will do.
func TestForges(t *testing.T) {
	t.Parallel()
	for keyName, keyType := range map[string]object{"RSA": rsa2048, "EC": p256} {
		for _, test := range []struct{ segment, format string }{
			{"provision", "jws"}, {"certificate", ""}, {"ping", ""},
			{"sign", "jws"}, {"sign", "pkcs7"}, {"authenticate", "jws"}, {"authenticate", "pkcs7"},
		} {
			if keyName == "EC" && test.segment == "authenticate" {
				continue
			}
			t.Run(keyName+"/"+test.segment+"/"+test.format, func(t *testing.T) {
				t.Parallel()
				_, c := inProcess(t, hermodtest.Options{})
				profile, cert := c.enrolled(keyType)
				g := &genuine{t: t, c: c, segment: test.segment, format: test.format, keyType: keyType, key: cert.PublicKey, cert: cert, profile: profile, tbs: tbs}
				g.command = g.body(profile)
				for _, f := range append([]hermodtest.Forge{hermodtest.Genuine}, hermodtest.Forges(commandTypeOf(test.segment), test.format)...) {
					g.forge(f)
				}
			})
		}
	}
}

// body is the command that is forged.
func (g *genuine) body(profile object) object {
	mechanism := "CKM_SHA256_RSA_PKCS"
	if g.keyType["keytype"] == "EC" {
		mechanism = "CKM_ECDSA_SHA256"
	}
	switch g.segment {
	case "provision":
		return prov(g.t, g.keyType)
	case "certificate":
		return certCommand(profile["id"].(string), g.cert.Raw)
	case "ping":
		return object{"commandHeader": header("@" + user), "pingCommand": object{}}
	case "authenticate":
		return signing("authCommand", g.format, mechanism, []byte(g.tbs))
	}
	return signing("signCommand", g.format, mechanism, []byte(g.tbs))
}

// forge has one forgery made, and judges it.
func (g *genuine) forge(f hermodtest.Forge) {
	g.t.Helper()
	g.c.srv.Person(hermodtest.Person{User: user, Forge: f, Delay: 1})
	switch {
	case f == hermodtest.ForgeSwapped:
		return // takes two commands: TestForgeSwapped
	case f == hermodtest.ForgeReplay && g.segment != "provision":
		g.tbs = "Pay 20?"
		defer func() { g.tbs = tbs; g.command = g.body(g.profile) }()
		g.command = g.body(g.profile)
	}
	a := g.c.post("/command/"+g.segment, g.command)
	require.Equal(g.t, expectedAnswer(f), sorted(g.judgeAnswer(a)), "%v: %s", f, a.body)
	g.started = &a.record
	cb := g.c.next()
	if expectedAnswer(f) == nil {
		require.Equal(g.t, g.expected(f), sorted(g.judge(cb)), "%v: %.2000s", f, cb.body)
	}
	if f == hermodtest.ForgeOversized {
		require.Greater(g.t, len(cb.body), 2<<20)
	}
}

func expectedAnswer(f hermodtest.Forge) []string { return forgedAnswers[f] }

// expected says what is wrong with a forged callback; nothing of a genuine one.
func (g *genuine) expected(f hermodtest.Forge) []string {
	list := []map[hermodtest.Forge][]string{forgedCallbacks}
	switch g.segment {
	case "certificate":
		list = append(list, forgedCertificates)
	case "provision":
		list = append(list, forgedResults, forgedJWS, forgedProvisions)
	case "sign", "authenticate":
		list = append(list, forgedResults, forgedSignatures[g.format])
		if g.format == "jws" {
			list = append(list, forgedJWS)
		}
	}
	if g.keyType["keytype"] == "EC" && (f != hermodtest.ForgePSS || g.segment != "provision") { // attestation keys are RSA
		list = append([]map[hermodtest.Forge][]string{forgedEC}, list...)
	}
	for _, m := range list {
		if what, ok := m[f]; ok {
			return what
		}
	}
	require.Equal(g.t, hermodtest.Genuine, f, "%v is not in the table", f)
	return nil
}

// TestForgeSwapped: two commands, where one is answered under the other's ids.
func TestForgeSwapped(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	_, err := srv.Enroll("first")
	require.NoError(t, err)
	_, err = srv.Enroll("second")
	require.NoError(t, err)
	srv.Person(hermodtest.Person{User: "first", Do: hermodtest.Ask})
	srv.Person(hermodtest.Person{User: "second", Forge: hermodtest.ForgeSwapped})
	command := func(to, id string) object {
		b := signCommand("Pay?")
		b["commandHeader"] = object{"lifespan": 60, "timeout": 60, "externalId": id, "to": []string{"@" + to}}
		return b
	}
	waiting := c.accepted("/command/sign", command("first", "id-1"))
	c.accepted("/command/sign", command("second", "id-2"))
	cb := c.next()
	require.Equal(t, waiting.CommandID, cb.CommandID)
	require.Equal(t, "id-1", cb.ExternalID)
}

// TestForgeReplay: the last result comes again for another text.
func TestForgeReplay(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	c.enrolled(rsa2048)
	first := c.outcome("/command/sign", signCommand("one"))
	srv.Person(hermodtest.Person{User: user, Forge: hermodtest.ForgeReplay})
	second := c.outcome("/command/sign", signCommand("two"))
	require.Equal(t, first.SignResponse.Result.Data, second.SignResponse.Result.Data)
	require.NotEqual(t, first.CommandID, second.CommandID)
}

// TestForgesOfIssuing: each mistake of a CA.
func TestForgesOfIssuing(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	csr := c.request(parse(t, c.outcome("/command/provision", prov(t, rsa2048)).ProvResponse.Result.Data).object()["profile"].(object))
	for f := hermodtest.ForgeIssuedKey; f <= hermodtest.ForgeIssuedUnmarked; f++ {
		chain, err := srv.Issuing(f)(t.Context(), csr)
		require.NoError(t, err)
		require.Equal(t, map[hermodtest.Forge][]string{
			hermodtest.ForgeIssuedKey:      {"key"},
			hermodtest.ForgeIssuedSubject:  {"subject"},
			hermodtest.ForgeIssuedExpired:  {"validity"},
			hermodtest.ForgeIssuedNotYet:   {"validity"},
			hermodtest.ForgeIssuedCA:       {"authority"},
			hermodtest.ForgeIssuedOtherCA:  {"issuer"},
			hermodtest.ForgeIssuedUnmarked: {"mark"},
		}[f], sorted(judgeIssued(srv, csr, chain[0])), f)
	}
	chain, err := srv.Issuing(hermodtest.ForgeIssuedNothing)(t.Context(), csr)
	require.NoError(t, err)
	require.Empty(t, chain)
	require.Panics(t, func() { srv.Issuing(hermodtest.ForgePID) })
	chain, err = srv.Issue(t.Context(), csr)
	require.NoError(t, err)
	require.Empty(t, judgeIssued(srv, csr, chain[0]))
}

// TestForgeNames: every constant has a name, and a command that it is about, or is a CA's.
func TestForgeNames(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	covered := make(map[hermodtest.Forge]bool)
	for _, of := range [][2]string{{"PROV", ""}, {"CERT", ""}, {"AUTH", "jws"}, {"SIGN", "pkcs7"}} {
		for _, f := range hermodtest.Forges(of[0], of[1]) {
			covered[f] = true
		}
	}
	for f := hermodtest.Genuine; f <= hermodtest.ForgeIssuedNothing; f++ {
		require.NotEmpty(t, f.String())
		require.False(t, seen[f.String()], f)
		seen[f.String()] = true
		if f > hermodtest.Genuine && f < hermodtest.ForgeIssuedKey {
			require.True(t, covered[f], f)
		}
	}
	require.Equal(t, "Forge(-1)", hermodtest.Forge(-1).String())
}
