package rest

import (
	"strconv"
	"strings"
)

// Error is a document that cannot be read, or a message that cannot be written.
// It holds no content of either; Path holds names of members that this package
// knows, and indices.
type Error struct {
	Offset int    // octets read so far; -1 when writing, and where the document is no JSON, of which Reason tells the place
	Path   string // for example MSS_SignatureResp/ServiceResponses[0]/Geofencing/Country
	Reason string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("json: ")
	if e.Offset >= 0 {
		b.WriteString("offset " + strconv.Itoa(e.Offset) + ": ")
	}
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Reason)
	return b.String()
}

// step is one step from a value to a value inside it: a member's name, or an
// element's index where the name is empty.
type step struct {
	name  string
	index int
}

// path writes steps and, unless it is empty, the name of a member behind them.
func path(steps []step, name string) string {
	if name != "" {
		steps = append(steps[:len(steps):len(steps)], step{name: name})
	}
	var b strings.Builder
	for i, s := range steps {
		switch {
		case s.name == "":
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		case i > 0:
			b.WriteByte('/')
		}
		b.WriteString(s.name)
	}
	return b.String()
}
