package hermod

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gomss/gomss/internal/strictjson"
)

// readCommand reads the body of a command that was stored: the header, and the command under its own name.
func readCommand(doc []byte, name string, command any) (*commandHeader, error) {
	if err := checkDocument(doc); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(doc, &members) != nil {
		return nil, errors.New("is JSON, but no object")
	}
	header := new(commandHeader)
	if err := readMember(members, "commandHeader", header); err != nil {
		return nil, err
	}
	if len(members) != 2 {
		return nil, errors.New("has not exactly two members, commandHeader and the command")
	}
	return header, readMember(members, name, command)
}

// readMember reads an object of a command.
func readMember(members map[string]json.RawMessage, name string, into any) error {
	if !bytes.HasPrefix(members[name], []byte("{")) {
		return errors.New(name + ": is missing, or no object")
	}
	err := json.Unmarshal(members[name], into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s.%s: is no %s", name, wrong.Field, wrong.Type.Kind())
	}
	return err
}

// checkDocument checks that a document which somebody has stored is JSON. People look for what is wrong with it, so a fault of
// syntax is told by line, column and reason.
func checkDocument(doc []byte) error {
	if len(doc) == 0 {
		return errors.New("the document is missing")
	}
	err := strictjson.Check(doc)
	if err == nil {
		return nil
	}
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(doc, new(json.RawMessage)))
	if !ok || len(doc) > strictjson.MaxSize {
		return inLine(doc, err)
	}
	read := doc[:min(int(syntax.Offset), len(doc))]
	line := 1 + bytes.Count(read, []byte("\n"))
	column := len(read) - 1 - bytes.LastIndexByte(read, '\n')
	return fmt.Errorf("line %d, octet %d: not JSON: %w", line, column, syntax)
}

// storedCertificate is one certificate of a CERT command.
type storedCertificate struct {
	key  *ProvisionedKey
	der  []byte
	leaf *x509.Certificate
}

// readCertCommand reads a CERT command that was stored, which must be to the user and for keys of the profile.
func readCertCommand(doc []byte, name string, p *Provisioning) (*commandHeader, []storedCertificate, error) {
	command := new(certCommand)
	header, err := readCommand(doc, name, command)
	if err != nil {
		return nil, nil, err
	}
	n := len(command.Certificates)
	switch {
	case len(header.To) != 1 || header.To[0] != mailbox(p.User):
		return nil, nil, errors.New("commandHeader.to: is not the mailboxes of the user who was provisioned")
	case command.ProfileID != p.ProfileID:
		return nil, nil, errors.New("profileid: is not the profile that was provisioned")
	case n == 0 || n > len(p.Keys):
		return nil, nil, errors.New("certificates: there are none, or more than keys")
	}
	list := make([]storedCertificate, n)
	seen := make(map[string]bool)
	for i, c := range command.Certificates {
		key := p.key(c.KeyID)
		if key == nil || seen[c.KeyID] {
			return nil, nil, fmt.Errorf("certificates[%d].keyid: is that of no key of the profile, or stands there before", i)
		}
		seen[c.KeyID] = true
		der, err := decodeBase64Std(c.Data)
		if err != nil {
			return nil, nil, fmt.Errorf("certificates[%d].data: %w", i, err)
		}
		list[i] = storedCertificate{key: key, der: der}
	}
	return header, list, nil
}
