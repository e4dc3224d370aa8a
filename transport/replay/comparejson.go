package replay

import "fmt"

// kinds are the words of JSON for what a node is.
var kinds = map[kind]string{isObject: "an object", isArray: "an array", isString: "a string", isLiteral: "a number, true, false or null"}

// value compares two JSON values.
func (c *comparison) value(path string, want, got *node) *Mismatch {
	switch {
	case want.kind != got.kind:
		return &Mismatch{Path: path, Want: kinds[want.kind], Got: kinds[got.kind]}
	case want.kind == isObject:
		return c.members(path, want, got)
	case want.kind == isArray:
		return c.array(path, want, got)
	case want.kind == isLiteral && want.text != got.text:
		return c.differ(path, want.text, got.text)
	case want.kind == isString && !c.match(want.name.Local, want.text, got.text):
		return c.differ(path, want.text, got.text)
	}
	return c.unused(path, want.name, got.text)
}

// members compares objects, whose members may be in any order.
func (c *comparison) members(path string, want, got *node) *Mismatch {
	for _, w := range want.children {
		at := w.name.Local
		if path != "" {
			at = path + "/" + at
		}
		g := got.member(w.name.Local)
		if g == nil {
			return &Mismatch{Path: at, Want: "a member " + w.name.Local, Got: "none"}
		}
		if m := c.value(at, w, g); m != nil {
			return m
		}
	}
	for _, g := range got.children {
		if want.member(g.name.Local) == nil {
			return &Mismatch{Path: path, Want: "no member " + g.name.Local, Got: "one"}
		}
	}
	return nil
}

func (n *node) member(name string) *node {
	for _, c := range n.children {
		if c.name.Local == name {
			return c
		}
	}
	return nil
}

// array compares arrays, whose values have an order.
func (c *comparison) array(path string, want, got *node) *Mismatch {
	if w, g := len(want.children), len(got.children); w != g {
		return &Mismatch{Path: path, Want: fmt.Sprintf("%d values", w), Got: fmt.Sprintf("%d", g)}
	}
	for i, w := range want.children {
		if m := c.value(fmt.Sprintf("%s[%d]", path, i+1), w, got.children[i]); m != nil {
			return m
		}
	}
	return nil
}
