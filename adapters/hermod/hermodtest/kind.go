package hermodtest

// kind is one of the commands.
type kind int

const (
	provision kind = iota
	certificate
	authenticate
	sign
	ping
	kinds
)

// names are what the interface calls a command. Of "authResponse", "signResponse", "pingCommand" and what belongs to it, and
// of "AUTH" and "PING", no example is published.
type names struct{ segment, command, response, commandType string }

var kindNames = [kinds]names{
	provision:    {"provision", "provCommand", "provResponse", "PROV"},
	certificate:  {"certificate", "certCommand", "certResponse", "CERT"},
	authenticate: {"authenticate", "authCommand", "authResponse", "AUTH"},
	sign:         {"sign", "signCommand", "signResponse", "SIGN"},
	ping:         {"ping", "pingCommand", "pingResponse", "PING"},
}

func (k kind) names() names { return kindNames[k] }

// rings reports whether a person is asked something. Certificates are installed, and devices looked at, without asking.
func (k kind) rings() bool { return k == provision || k == authenticate || k == sign }

// signs reports whether the answer is a signature by the person's key.
func (k kind) signs() bool { return k == authenticate || k == sign }

// kindOf finds the command that is posted to a last path segment.
func kindOf(segment string) (kind, bool) {
	for k := range kinds {
		if kindNames[k].segment == segment {
			return k, true
		}
	}
	return 0, false
}
