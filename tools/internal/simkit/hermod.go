package simkit

import (
	"fmt"

	"github.com/gomss/gomss/adapters/hermod"
)

// HermodConfig is for the fields of hermod.Config and hermod.Device: the command has no such provider, as a Hermod needs a
// server that callbacks reach.
const HermodConfig = "hermod.yaml"

const hermodConfig = head + `# For the fields of hermod.Config, and of the hermod.Device that is enrolled already. Callbacks go to the address that
# "mss simulate --callback" names.
url: %s
client_id: %s
client_key: %s
callback_user: %s
callback_password: %s
server_name: %s
tls_roots: hermod-tls-root.pem
anchors: hermod-anchors.pem
device:
  user: %s
  profile_id: %s
  box_id: %s
  key_id: %s
  mechanism: %s
  certificate: hermod-device.pem
`

// Hermod writes what a client of a simulated Hermod needs, with a device that is enrolled.
func (k *Kit) Hermod(cfg *hermod.Config, d *hermod.Device) {
	key := &d.Keys[0]
	k.write("hermod-tls-root.pem", encode(cfg.HTTP.Roots...))
	k.write("hermod-anchors.pem", anchors(cfg.Anchors))
	k.write("hermod-device.pem", encode(key.Chain...))
	k.write(HermodConfig, fmt.Appendf(nil, hermodConfig, cfg.HTTP.URL, cfg.ClientID, cfg.ClientKey.Reveal(), cfg.CallbackUser,
		cfg.CallbackPassword.Reveal(), cfg.ServerName, d.User.Reveal(), d.ProfileID, d.BoxID, key.ID, key.Mechanism))
}
