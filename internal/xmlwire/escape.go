package xmlwire

// appendEscaped writes s so that a reader gets exactly s back: besides markup
// it escapes CR, which readers turn into LF, and in attribute values TAB and LF,
// which they turn into spaces. It reports whether XML can carry s.
func (e *Encoder) appendEscaped(s string, attr bool) bool {
	done := 0 // s[:done] is written
	for i := 0; i < len(s); {
		escape := ""
		switch c := s[i]; {
		case class[c]&isPlainAttr != 0 && c != '>':
			i++
			continue
		case c == '<':
			escape = "&lt;"
		case c == '>':
			escape = "&gt;" // so that "]]>" never comes about
		case c == '&':
			escape = "&amp;"
		case c == '\r':
			escape = "&#xD;"
		case attr && c == '"':
			escape = "&quot;"
		case attr && c == '\t':
			escape = "&#x9;"
		case attr && c == '\n':
			escape = "&#xA;"
		default:
			n := charLen(s, i)
			if n == 0 {
				return false
			}
			i += n
			continue
		}
		e.dst = append(e.dst, s[done:i]...)
		e.dst = append(e.dst, escape...)
		i++
		done = i
	}
	e.dst = append(e.dst, s[done:]...)
	return true
}
