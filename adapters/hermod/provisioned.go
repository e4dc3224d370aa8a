package hermod

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
)

// maxDeviceText bounds what an app says of its device, in characters.
const maxDeviceText = 128

func device(s string) mss.Private { return mss.Conceal(redact.Clean(s, maxDeviceText)) }

// key returns the key of an id; nil where there is none.
func (p *Provisioning) key(id string) *ProvisionedKey {
	i := slices.IndexFunc(p.Keys, func(k ProvisionedKey) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Keys[i]
}

// describe is what may be printed.
func (p Provisioning) describe() string {
	return fmt.Sprintf("hermod.Provisioning{keys:%d attested:%t}", len(p.Keys), p.Attested)
}

// Format writes the number of keys, whatever the verb and flags are.
func (p Provisioning) Format(s fmt.State, _ rune) { fmt.Fprint(s, p.describe()) }

// LogValue is what Format writes, for log/slog.
func (p Provisioning) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("keys", len(p.Keys)), slog.Bool("attested", p.Attested))
}

// MarshalJSON writes what Format does, for logs.
func (p Provisioning) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Keys     int  `json:"keys"`
		Attested bool `json:"attested"`
	}{len(p.Keys), p.Attested})
}

// describe is what may be printed: the request names the person.
func (k ProvisionedKey) describe() string {
	return fmt.Sprintf("hermod.ProvisionedKey{id:%q mechanism:%q}", k.ID, k.Mechanism)
}

// Format writes what does not name a person, whatever the verb and flags are.
func (k ProvisionedKey) Format(s fmt.State, _ rune) { fmt.Fprint(s, k.describe()) }

// LogValue is what Format writes, for log/slog.
func (k ProvisionedKey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", k.ID), slog.String("mechanism", k.Mechanism))
}

// MarshalJSON writes what Format does, for logs.
func (k ProvisionedKey) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID        string `json:"id"`
		Mechanism string `json:"mechanism"`
	}{k.ID, k.Mechanism})
}
