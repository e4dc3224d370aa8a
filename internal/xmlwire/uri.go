package xmlwire

import "strings"

// isURIReference reports whether a namespace name is a URI reference (RFC 3986),
// as Namespaces in XML 1.0 section 2.1 demands; libxml2 calls anything else a
// namespace error. It is stricter than the RFC where readers are: an address in
// brackets and a port that is empty or has more than five digits are refused.
func isURIReference(s string) bool {
	for i := 0; i < len(s); i++ {
		switch {
		case class[s[i]]&isURI != 0:
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	s, fragment, _ := strings.Cut(s, "#")
	if strings.Contains(fragment, "#") {
		return false
	}
	s, _, _ = strings.Cut(s, "?")
	if colon := strings.IndexByte(s, ':'); colon >= 0 && !strings.Contains(s[:colon], "/") {
		if !isScheme(s[:colon]) {
			return false // 4.2: no colon in the first segment of a relative reference
		}
		s = s[colon+1:]
	}
	rest, ok := strings.CutPrefix(s, "//")
	if !ok {
		return true
	}
	authority, _, _ := strings.Cut(rest, "/")
	return isAuthority(authority)
}

// isScheme is section 3.1.
func isScheme(s string) bool {
	for i := range len(s) {
		letter := class[s[i]]&isNameStart != 0 && s[i] != '_'
		if !letter && (i == 0 || s[i] != '+' && (class[s[i]]&isName == 0 || s[i] == '_')) {
			return false
		}
	}
	return s != ""
}

// isAuthority is section 3.2, of characters that have been checked.
func isAuthority(s string) bool {
	if _, host, ok := strings.Cut(s, "@"); ok {
		s = host
	}
	_, port, ok := strings.Cut(s, ":")
	if ok && (port == "" || len(port) > 5) {
		return false
	}
	for i := range len(port) {
		if port[i] < '0' || port[i] > '9' {
			return false
		}
	}
	return !strings.Contains(s, "@")
}

func isHex(c byte) bool {
	_, ok := digitValue(c)
	return ok
}
