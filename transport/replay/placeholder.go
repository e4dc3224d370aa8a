package replay

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	placeholder  = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	wholeMatcher = regexp.MustCompile(`^` + placeholder.String() + `$`)
)

// placeholderName returns the name of a placeholder that is the whole value.
func placeholderName(value string) (string, bool) {
	if m := wholeMatcher.FindStringSubmatch(value); m != nil {
		return m[1], true
	}
	return "", false
}

// bindings are the values that placeholders have matched.
type bindings map[string]string

// match holds a value against what stands in the recording, and binds it where that is a placeholder.
func (b bindings) match(want, got string) bool {
	name, ok := placeholderName(want)
	if !ok {
		return want == got
	}
	if bound, ok := b[name]; ok {
		return bound == got
	}
	b[name] = got
	return true
}

// fill puts the bound values into an answer, escaped for wherever in a value they stand.
func (b bindings) fill(answer []byte, escape func(string) string) []byte {
	return placeholder.ReplaceAllFunc(answer, func(p []byte) []byte {
		return []byte(escape(b[string(p[2:len(p)-1])]))
	})
}

// checkRequest refuses what looks like a placeholder and would be compared as text, and collects the names it binds.
func checkRequest(root *node, names map[string]bool) error {
	var bad string
	root.values(func(_ place, value string) {
		if n, ok := placeholderName(value); ok {
			names[n] = true
		} else if strings.Contains(value, "${") {
			bad = value
		}
	})
	if bad != "" {
		return fmt.Errorf("%q: a placeholder must be a whole value: a letter, then letters, digits and _, in ${ }", bad)
	}
	return nil
}

// checkAnswer refuses placeholders that no request up to this answer's own can have bound.
func checkAnswer(answer []byte, names map[string]bool) error {
	for _, m := range placeholder.FindAllSubmatch(answer, -1) {
		if !names[string(m[1])] {
			return fmt.Errorf("%s: no request before this answer binds it", m[0])
		}
	}
	return nil
}
