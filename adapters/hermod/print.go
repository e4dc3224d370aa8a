package hermod

import (
	"fmt"
	"log/slog"

	"github.com/gomss/gomss/internal/redact"
)

// What enrolments print is how many keys there are and what kind they are of, in every verb of package fmt, in log/slog and in
// encoding/json: certificates, requests, mailboxes and devices name a person. It cannot be read back.

func (d Device) describe() redact.Description {
	return redact.Description{slog.Int("keys", len(d.Keys)), slog.Bool("attested", d.Attested)}
}

// Format writes the number of keys, whatever the verb and flags are.
func (d Device) Format(s fmt.State, _ rune) { fmt.Fprint(s, d.describe().Text("hermod.Device")) }

// LogValue is what Format writes, for log/slog.
func (d Device) LogValue() slog.Value { return slog.GroupValue(d.describe()...) }

// MarshalJSON writes what Format does, for logs.
func (d Device) MarshalJSON() ([]byte, error) { return d.describe().JSON() }

func (k DeviceKey) describe() redact.Description {
	return redact.Description{slog.String("id", k.ID), slog.String("mechanism", k.Mechanism), slog.Int("certificates", len(k.Chain))}
}

// Format writes what does not name a person, whatever the verb and flags are.
func (k DeviceKey) Format(s fmt.State, _ rune) { fmt.Fprint(s, k.describe().Text("hermod.DeviceKey")) }

// LogValue is what Format writes, for log/slog.
func (k DeviceKey) LogValue() slog.Value { return slog.GroupValue(k.describe()...) }

// MarshalJSON writes what Format does, for logs.
func (k DeviceKey) MarshalJSON() ([]byte, error) { return k.describe().JSON() }

func (p Provisioning) describe() redact.Description {
	return redact.Description{slog.Int("keys", len(p.Keys)), slog.Bool("attested", p.Attested)}
}

// Format writes the number of keys, whatever the verb and flags are.
func (p Provisioning) Format(s fmt.State, _ rune) {
	fmt.Fprint(s, p.describe().Text("hermod.Provisioning"))
}

// LogValue is what Format writes, for log/slog.
func (p Provisioning) LogValue() slog.Value { return slog.GroupValue(p.describe()...) }

// MarshalJSON writes what Format does, for logs.
func (p Provisioning) MarshalJSON() ([]byte, error) { return p.describe().JSON() }

func (k ProvisionedKey) describe() redact.Description {
	return redact.Description{slog.String("id", k.ID), slog.String("mechanism", k.Mechanism)}
}

// Format writes what does not name a person, whatever the verb and flags are.
func (k ProvisionedKey) Format(s fmt.State, _ rune) {
	fmt.Fprint(s, k.describe().Text("hermod.ProvisionedKey"))
}

// LogValue is what Format writes, for log/slog.
func (k ProvisionedKey) LogValue() slog.Value { return slog.GroupValue(k.describe()...) }

// MarshalJSON writes what Format does, for logs.
func (k ProvisionedKey) MarshalJSON() ([]byte, error) { return k.describe().JSON() }
