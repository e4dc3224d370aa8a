package hermod

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gomss/gomss/mss"
)

// commandKind is one of the commands that this package sends.
type commandKind byte

const (
	provision commandKind = iota + 1
	certificate
	authenticate
	sign
	ping
)

var commandKinds = []commandKind{provision, certificate, authenticate, sign, ping}

func (k commandKind) known() bool { return slices.Contains(commandKinds, k) }

// purpose is what a transaction of this kind is for; 0 where nobody is asked to sign.
func (k commandKind) purpose() mss.Purpose {
	switch k {
	case authenticate:
		return mss.Authentication
	case sign:
		return mss.Signing
	}
	return 0
}

// operation is what TS 102 204 calls the command.
func (k commandKind) operation() string {
	switch k {
	case provision, certificate:
		return mss.OpRegistration
	case ping:
		return mss.OpHealth
	}
	return mss.OpSignature
}

// commandHeader goes before every command.
type commandHeader struct {
	To         []string `json:"to,omitempty"`
	Lifespan   int      `json:"lifespan"` // s; how long the message is kept for the device
	Timeout    int      `json:"timeout"`  // s; when the callback comes that there is no answer
	ExternalID string   `json:"externalId"`
}

// envelope is the body of every command: the header, and the command under its own name.
func envelope(h commandHeader, name string, command any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{"commandHeader": h, name: command}); err != nil {
		return nil, fmt.Errorf("hermod: a command of strings: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// operands are the parameters of AUTH and SIGN.
type operands struct {
	Params params `json:"params"`
}

type params struct {
	Description []content `json:"description,omitempty"`
	TBS         []content `json:"tbs,omitempty"`
	Filter      *filter   `json:"filter,omitempty"`
	Format      string    `json:"format"`
	Mechanism   string    `json:"mechanism"`
}

// content is something for the person to read, or to sign.
type content struct {
	ContentEncoding string `json:"content_encoding,omitempty"`
	ContentType     string `json:"content_type"`
	Data            string `json:"data"`
	Description     string `json:"description,omitempty"`
	Key             string `json:"key"`
	Visible         bool   `json:"visible"`
}

// newContent is something of which the octets go out as they are.
func newContent(key, description, contentType string, data []byte, visible bool) content {
	return content{
		ContentEncoding: "base64", ContentType: contentType, Data: base64.StdEncoding.EncodeToString(data),
		Description: description, Key: key, Visible: visible,
	}
}

// filter selects the key that signs.
type filter struct {
	Op    string `json:"op"`
	Param string `json:"param"`
	Value string `json:"value"`
}

// mailbox returns the address of a user's mailboxes.
func mailbox(user mss.UserID) string { return "@" + user.Reveal() }
