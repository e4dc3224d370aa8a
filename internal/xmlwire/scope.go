package xmlwire

import (
	"slices"
	"strings"
)

// outerScope returns the first n declarations in force as a scope. Elements kept
// side by side share one, so that thousands of them cost what one costs.
func (d *Decoder) outerScope(n int) ([]Binding, bool) {
	if n == d.scopeBinds {
		return d.scope, true
	}
	scope := effective(d.binds[:n])
	if d.scoped += len(scope); d.scoped > maxScopes {
		d.fail(d.start, "too many namespace declarations around elements kept as received")
		return nil, false
	}
	d.scope, d.scopeBinds = scope, n
	return scope, true
}

// effective returns the declarations that no later one of the same prefix
// hides, innermost first. A default namespace that was taken away is none.
func effective(binds []Binding) []Binding {
	scope := make([]Binding, 0, len(binds))
	for i := len(binds) - 1; i >= 0; i-- {
		if !declares(binds[i+1:], binds[i].Prefix) && binds[i].Space != "" {
			scope = append(scope, binds[i])
		}
	}
	return slices.Clip(scope)
}

// needed selects what of its scope must be written into the tag of a raw
// element: what the tag does not declare itself and whose prefix occurs in the
// element, in a name or in content; and the default namespace.
func (r *Raw) needed() ([]Binding, error) {
	// With the scope in force the start tag can be read by itself.
	d := &Decoder{doc: r.XML, lim: Limits{}.withDefaults(), binds: slices.Clone(r.Scope)}
	if _, err := d.Next(); err != nil {
		return nil, err
	}
	own := d.binds[len(r.Scope):]
	var list []Binding
	for _, b := range r.Scope {
		if !declares(own, b.Prefix) && (b.Prefix == "" || strings.Contains(r.XML, b.Prefix+":")) {
			list = append(list, b)
		}
	}
	return list, nil
}

func declares(binds []Binding, prefix string) bool {
	return slices.ContainsFunc(binds, func(b Binding) bool { return b.Prefix == prefix })
}
