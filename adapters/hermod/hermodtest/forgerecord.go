package hermodtest

import (
	"bytes"
	"strings"
)

// forgeAnswer spoils the command's own answer.
func (s *Server) forgeAnswer(c *command, o object) object {
	uri := ""
	if len(c.destinations) > 0 {
		uri = c.destinations[0].uri
	}
	switch c.person.Forge {
	case ForgeAnswerNoID:
		return o.without("commandId")
	case ForgeAnswerID:
		return o.with("commandId", "command-"+c.id)
	case ForgeAnswerExternalID:
		return o.with("externalId", "of-another-command")
	case ForgeAnswerType:
		return o.with("commandType", c.kind.other().names().commandType)
	case ForgeAnswerDone:
		return o.with("state", completed)
	case ForgeAnswerNoBox:
		return o.with("destinations", []object{})
	case ForgeAnswerFQDN:
		return o.with("fqdn", otherHost)
	case ForgeAnswerScheme:
		return c.withDestination(o, "uri", "https://"+otherHost+uri[strings.Index(uri, "/?"):])
	case ForgeAnswerHost:
		return c.withDestination(o, "uri", strings.Replace(uri, "https%3a%2f%2f", "https%3a%2f%2f"+otherHost+"%3A443%2f..%2f", 1))
	}
	return o
}

// withDestination sets a member of all destinations.
func (c *command) withDestination(o object, name, value string) object {
	list := []object{}
	for i := range c.destinations {
		list = append(list, c.destinations[i].object().with(name, value))
	}
	return o.with("destinations", list)
}

// other is another command.
func (k kind) other() kind {
	if k == sign {
		return authenticate
	}
	return sign
}

// forgeRecord spoils the record of a callback. The server's lock is held.
func (s *Server) forgeRecord(c *command, o object) object {
	n := c.kind.names()
	switch f := c.person.Forge; f {
	case ForgeCommandID:
		return o.with("commandId", "9"+c.id)
	case ForgeNumber:
		return o.with("commandId", c.number)
	case ForgeExternalID:
		return o.with("externalId", "of-another-command")
	case ForgeNoExternalID:
		return o.without("externalId")
	case ForgeSwapped:
		return s.swap(c, o)
	case ForgeType:
		return o.with("commandType", c.kind.other().names().commandType)
	case ForgeState:
		return o.with("state", "SUPERSEDED")
	case ForgeNotDone:
		return o.with("state", inProgress)
	case ForgeTimeout:
		return o.with("state", timedOut)
	case ForgeNoHeader:
		return o.without("responseHeader")
	case ForgeNoResponse:
		return o.without(n.response)
	case ForgeOtherResponse:
		i := o.index(n.response)
		o = append(object{}, o...)
		o[i].name = c.kind.other().names().response
		return o
	case ForgeFQDN:
		return o.with("fqdn", otherHost)
	case ForgePID, ForgeBox:
		if c.kind == certificate {
			return c.withDestination(o, map[Forge]string{ForgePID: "pid", ForgeBox: "bid"}[f], s.drawUUID())
		}
	}
	return o
}

// swap takes the ids of another command that is outstanding: the first that was not begun by the same.
func (s *Server) swap(c *command, o object) object {
	var other *command
	for _, p := range s.pending {
		if p != c && (other == nil || p.number < other.number) {
			other = p
		}
	}
	if other == nil {
		return o
	}
	return o.with("commandId", other.id).with("externalId", other.question.externalID)
}

// forgeResponse spoils responseHeader and the response.
func (s *Server) forgeResponse(c *command, header, response object) (object, object) {
	switch c.person.Forge {
	case ForgeStatus:
		header = header.with("status", 500)
	case ForgeInReplyTo:
		location := c.destinations[c.replies].location
		header = header.with("inReplyTo", location[:strings.LastIndex(location, "/")+1]+s.drawUUID())
	case ForgeNoCode:
		response = response.without("code")
	case ForgeCode:
		response = response.with("code", "0")
	case ForgeNoResult:
		response = response.without("result")
	}
	return header, response
}

// forgeCallback spoils a callback as such.
func forgeCallback(f Forge, b *Callback) {
	switch f {
	case ForgePath:
		k, _ := kindOf(b.Path[strings.LastIndex(b.Path, "/")+1:])
		b.Path = "/callback/" + k.other().names().segment
	case ForgeTwice:
		b.Body = behindBrace(b.Body, `"commandId":"1",`)
	case ForgeUnquoted:
		b.Body = unquote(b.Body)
	case ForgeMalformed:
		b.Body = b.Body[:len(b.Body)/2]
	case ForgeEmpty:
		b.Body = nil
	case ForgeArray:
		b.Body = []byte("[" + string(b.Body) + "]")
	case ForgeDeep:
		b.Body = behindBrace(b.Body, `"padding":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+",")
	case ForgeUTF8:
		b.Body = behindBrace(b.Body, "\"padding\":\"\xff\",")
	case ForgeOversized:
		b.Body = behindBrace(b.Body, `"padding":"`+strings.Repeat("x", oversize)+`",`)
	}
}

const (
	depth    = 10_000
	oversize = 2 << 20 // octets
)

func behindBrace(doc []byte, members string) []byte { return append([]byte("{"+members), doc[1:]...) }

// unquote makes the mistakes of the vendor's page: the value of location has lost its quotation marks, and the document its
// last brace.
func unquote(doc []byte) []byte {
	name := []byte(`"location": "`)
	at := bytes.Index(doc, name)
	if at < 0 {
		return doc
	}
	value := doc[at+len(name):]
	end := bytes.IndexByte(value, '"')
	out := append(bytes.Clone(doc[:at+len(name)-1]), value[:end]...)
	return bytes.TrimRight(append(out, value[end+1:]...), "\n}")
}
