package hermodtest

import (
	"encoding/hex"
	"fmt"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// Config returns the settings of a client of this server, complete but for a Store: the address and roots, the account, the
// account of callbacks, the anchors of Issue and the pinned attestation key.
func (s *Server) Config() hermod.Config {
	cfg := hermod.Config{
		HTTP:        s.HTTP(),
		ClientID:    s.options.ClientID,
		ClientKey:   mss.Conceal(s.options.ClientKey),
		Anchors:     s.anchors,
		Attestation: hermod.Attestation{Keys: []hermod.AttestationKey{s.AttestationKey()}},
		ServerName:  s.options.ServerName,
		Now:         s.options.Now,
	}
	if s.options.Callback.None {
		cfg.InsecureUnauthenticatedCallback = true
	} else {
		cfg.CallbackUser, cfg.CallbackPassword = s.options.Callback.User, mss.Conceal(s.options.Callback.Password)
	}
	return cfg
}

// AttestationKey returns the pin of the key that provisioning responses are signed with.
func (s *Server) AttestationKey() hermod.AttestationKey {
	sum := spkiSum(&s.pki.attestation.PublicKey)
	key, err := hermod.ParseAttestationKey("sha256:" + hex.EncodeToString(sum[:]))
	if err != nil {
		panic(fmt.Sprintf("hermodtest: %v", err)) // the form is a constant of this package
	}
	return key
}

// Enroll provisions a device for a user and installs a certificate, without any message being sent: what an enrolment by
// PROV and CERT leaves behind, for tests that begin with a registry. The key is Person.Key. The device is the user's newest.
func (s *Server) Enroll(user string) (*hermod.Device, error) {
	id, err := mss.ParseUserID(user)
	if err != nil {
		return nil, fmt.Errorf("hermodtest: %w", err)
	}
	d, k, err := s.enrol(user)
	if err != nil {
		return nil, err
	}
	return &hermod.Device{
		User: id, ProfileID: d.profileID, BoxID: d.boxID, EnrolledAt: s.options.Now(), Attested: true,
		Keys: []hermod.DeviceKey{{ID: k.id, Mechanism: k.mechanism, Chain: s.chain(k.cert)}},
	}, nil
}
