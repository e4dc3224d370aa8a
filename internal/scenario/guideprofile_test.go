package scenario_test

import (
	"crypto"
	"encoding/base64"
	"strings"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/scenario"
	"github.com/gomss/gomss/mss"
)

// profileQuery is section 3.5: a person with an inactive SIM card and an active app, and what becomes of a signature with
// that SIM card.
func (g *guideFlows) profileQuery() {
	sim := []profileCertificate{g.certificate("INACTIVE", "RSA", rsaKey(g.c.t)), g.certificate("INACTIVE", "EC", ecKey(g.c.t))}
	app := []profileCertificate{g.certificate("ACTIVE", "RSA", rsaKey(g.c.t))}
	m := message{APID: guideAPID, MSISDN: number, Profiles: []string{anyProfile, deviceProfile, authProfile}, SIM: sim, App: app}
	x := exchange{request: m.write(g.c.t, g.f.profileReq), answer: m.write(g.c.t, g.f.profileResp)}

	q := g.asking("sync", simProfile, faultOutcome(mss.NoKeyFound))
	d := g.add("guide-profile", "guide 3.5.1, 3.5.1.1 and 3.5.2, and a signature with the SIM card that is not active", one(q),
		x, g.refused(g.message(q, ""), g.f.signatureReq, mss.NoKeyFound, "Receiver", "Not active"))
	d.Profiles = []scenario.Profile{{MSISDN: number, Expect: scenario.Outcome{
		Outcome: "profile", Requests: 1, SignatureProfiles: m.Profiles, RecoveryCode: new(true), AutoActivation: new(false),
		SIM:  &scenario.Device{State: "INACTIVE", PINBlocked: new(false), Certificates: expected(sim)},
		Apps: []scenario.Device{{State: "ACTIVE", PINBlocked: new(false), Certificates: expected(app)}},
	}}}

	d = g.add("guide-profile-fault", "guide 3.5: a person who is not active", nil,
		g.refused(m, g.f.profileReq, mss.UnknownClient, "Sender", "Nobody with this number"))
	d.Profiles = []scenario.Profile{{MSISDN: number, Expect: faultOutcome(mss.UnknownClient)}}
}

// certificate issues one to the guide's person.
func (g *guideFlows) certificate(state, algorithm string, key crypto.Signer) profileCertificate {
	user := g.h.person(guideSerial, key, cmstest.BER).signer.Certificate
	ca := g.h.issuing.Certificate
	return profileCertificate{
		State: state, Algorithm: algorithm,
		User: base64.StdEncoding.EncodeToString(user.Raw), UserName: strings.ToLower(user.Subject.String()),
		CA: base64.StdEncoding.EncodeToString(ca.Raw), CAName: strings.ToLower(ca.Subject.String()),
	}
}

func expected(list []profileCertificate) (all []scenario.Certificate) {
	for _, c := range list {
		all = append(all, scenario.Certificate{State: c.State, Algorithm: c.Algorithm, Serial: guideSerial, Subjects: []string{c.UserName, c.CAName}})
	}
	return all
}
