package xmlwire

import "strconv"

// usualPrefix is the prefix under which readers know a namespace, or "".
func usualPrefix(space string) string {
	switch space {
	case "http://www.w3.org/2003/05/soap-envelope":
		return "soapenv"
	case "http://www.w3.org/2003/05/soap-rpc":
		return "rpc"
	case "http://www.w3.org/2001/XMLSchema":
		return "xs"
	case "http://www.w3.org/2001/XMLSchema-instance":
		return "xsi"
	case "http://www.w3.org/2000/09/xmldsig#":
		return "ds"
	case "http://www.w3.org/2001/04/xmlenc#":
		return "xenc"
	case "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd":
		return "wsu"
	case "http://uri.etsi.org/TS102204/v1.1.2#":
		return "mss"
	case "http://uri.etsi.org/TS102207/v1.1.2#":
		return "msrs"
	case "http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl":
		return "tns"
	case "http://mss.ficom.fi/TS102204/v1.0.0#":
		return "fi"
	case "http://www.swisscom.ch/TS102204/ext/v1.0.0":
		return "sco"
	case "http://www.methics.fi/TS102204/ext/v1.0.0":
		return "mcs"
	case "http://mid.swisscom.ch/TS102204/as/v1.0":
		return "as"
	case "http://kiuru.methics.fi/mssp":
		return "kiuru"
	}
	return ""
}

// prefix returns the prefix of a namespace, giving it one at its first use.
func (e *Encoder) prefix(space string) string {
	for _, b := range e.binds {
		if b.Space == space {
			return b.Prefix
		}
	}
	p := usualPrefix(space)
	switch {
	case space == xmlSpace:
		return "xml"
	case space == xmlnsSpace || space == "xmlns":
		e.fail("a name in a reserved namespace")
	case p == "":
		e.other++
		p = "ns" + strconv.Itoa(e.other)
	}
	e.binds = append(e.binds, Binding{p, space})
	return p
}

// appendName writes n as a qualified name. No default namespace is ever
// declared, so a name without prefix is in no namespace.
func (e *Encoder) appendName(n Name) {
	if n.Space != "" {
		e.dst = append(e.dst, e.prefix(n.Space)...)
		e.dst = append(e.dst, ':')
	}
	e.dst = append(e.dst, n.Local...)
}
