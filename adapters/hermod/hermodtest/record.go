package hermodtest

import (
	"net"
)

// destination is a mailbox that a command was put into.
type destination struct {
	to, bid, uri, mid, pid, location string

	scanned bool // an app has used the token
}

// newDestination puts a command into a mailbox. The server's lock is held.
func (s *Server) newDestination(to, bid, pid string) destination {
	mid, token := s.drawUUID(), s.drawUUID()
	return destination{
		to: to, bid: bid, pid: pid, mid: mid, location: s.boxURL(bid) + "/" + mid,
		uri: s.plugout(bid, token),
	}
}

// plugout is the URI that starts the app. Escapes are in small letters at first and in capitals later on, as in the vendor's
// example.
func (s *Server) plugout(bid, token string) string {
	host, port, _ := net.SplitHostPort(s.host) // is one
	return "com.nexusgroup.plugout:///?url=https%3a%2f%2f" + host + "%3A" + port + "%2fhermod%2Frest%2Fms%2F" + bid + "&token=" + token
}

func (d *destination) object() object {
	o := object{{"to", d.to}, {"bid", d.bid}, {"uri", d.uri}}
	if d.pid != "" {
		o = append(o, member{"pid", d.pid})
	}
	return append(o, member{"mid", d.mid}, member{"location", d.location})
}

// record is a command record: response comes first where there is one, as a Hermod writes it.
func (s *Server) record(c *command, state string, header, response object) object {
	var o object
	if header != nil {
		o = append(o, member{"responseHeader", header})
	}
	if response != nil {
		o = append(o, member{c.kind.names().response, response})
	}
	o = append(o, member{"commandId", c.id})
	if c.question.externalID != "" {
		o = append(o, member{"externalId", c.question.externalID})
	}
	destinations := []object{}
	for i := range c.destinations {
		destinations = append(destinations, c.destinations[i].object())
	}
	return append(o, member{"destinations", destinations}, member{"commandType", c.kind.names().commandType}, member{"state", state}, member{"fqdn", s.fqdn})
}

// Words that a record's state is one of. That of a timeout is not published.
const (
	inProgress = "IN_PROGRESS"
	completed  = "COMPLETED"
	timedOut   = "TIMEOUT"
)

// answer is the record of a command that a device has answered. The server's lock is held.
func (s *Server) answer(c *command, a Act) (object, error) {
	header := object{{"inReplyTo", c.destinations[c.replies].location}, {"status", 200}}
	response := object{{"code", a.code()}}
	switch {
	case a == Fail:
		return s.record(c, completed, header.with("status", 500), response), nil
	case a != Sign:
		return s.record(c, completed, header, response), nil
	}
	contentType, data, code, err := s.perform(c)
	if err != nil {
		return nil, err
	}
	response = response.with("code", code)
	if data != "" {
		response = append(response, member{"result", object{{"contenttype", contentType}, {"data", data}}})
	}
	if c.kind == ping && c.question.ping.DeviceInfo == "true" {
		response = append(response, member{"deviceinfo", deviceInfo()})
	}
	header, response = s.forgeResponse(c, header, response)
	return s.forgeRecord(c, s.record(c, completed, header, response)), nil
}

// perform has the device do what it was asked.
func (s *Server) perform(c *command) (contentType, data string, code int, err error) {
	switch {
	case c.kind == provision:
		data, err = s.provisioned(c)
		if c.person.Forge == ForgeContentType {
			return "pkcs7", data, 0, err
		}
		return "jws", data, 0, err
	case c.kind == certificate:
		return "", "", c.device.install(c.question.cert, c.question.certs), nil
	case c.kind.signs():
		k := c.device.signingKey(c.question.key)
		if k == nil {
			return "", "", NoKey.code(), nil
		}
		contentType, data, err = s.signature(c, k)
	}
	return contentType, data, 0, err
}
