package xmlwire

import "strings"

const byteOrderMark = "\uFEFF"

// readProlog passes over one byte order mark and the XML declaration (XML 1.0
// production 23), which only stands at the very beginning.
func (d *Decoder) readProlog() {
	if strings.HasPrefix(d.doc, byteOrderMark) {
		d.pos = len(byteOrderMark)
	}
	const target = "<?xml"
	rest := d.doc[d.pos:]
	if !strings.HasPrefix(rest, target) || len(rest) == len(target) || class[rest[len(target)]]&isSpace == 0 {
		return
	}
	begin := d.pos
	d.pos += len(target)
	if v, ok := d.pseudoAttr("version"); !ok || v != "1.0" {
		d.fail(begin, "an XML declaration without version 1.0")
		return
	}
	if v, ok := d.pseudoAttr("encoding"); ok && !strings.EqualFold(v, "utf-8") {
		d.fail(begin, "an encoding other than UTF-8")
		return
	}
	if v, ok := d.pseudoAttr("standalone"); ok && v != "yes" && v != "no" {
		d.fail(begin, "a standalone declaration that is neither yes nor no")
		return
	}
	d.pos = spaceEnd(d.doc, d.pos)
	if !strings.HasPrefix(d.doc[d.pos:], "?>") {
		d.fail(begin, "a malformed XML declaration")
		return
	}
	d.pos += len("?>")
}

// pseudoAttr reads white space, name, "=" and a quoted value, or leaves the
// position alone if that is not what comes next.
func (d *Decoder) pseudoAttr(name string) (string, bool) {
	s := d.doc
	i := spaceEnd(s, d.pos)
	if i == d.pos || !strings.HasPrefix(s[i:], name) {
		return "", false
	}
	i = spaceEnd(s, i+len(name))
	if i == len(s) || s[i] != '=' {
		return "", false
	}
	i = spaceEnd(s, i+1)
	if i == len(s) || s[i] != '"' && s[i] != '\'' {
		return "", false
	}
	n := strings.IndexByte(s[i+1:], s[i])
	if n < 0 {
		return "", false
	}
	d.pos = i + 1 + n + 1
	return s[i+1 : i+1+n], true
}
