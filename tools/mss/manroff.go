package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// manPage renders the page of a command in the man macros, which man and mandoc read. It is ASCII.
func manPage(n *kong.Node) string {
	h := parseHelp(n.Detail)
	summary := n.Help
	if n.Parent == nil { // the program's description, and the exit codes of all commands
		h = parseHelp(n.Help)
		summary, h.about = h.about[0].text, h.about[1:]
	}
	var b strings.Builder
	fmt.Fprintf(&b, ".\\\" Written by: mss man\n.TH %q 1 \"\" mss \"mss manual\"\n", strings.ToUpper(pageName(n)))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(pageName(n)), roff(strings.TrimSuffix(summary, ".")))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.nf\n\\fB%s\\fR%s\n.fi\n", roff(commandPath(n)), roff(strings.TrimPrefix(synopsis(n), commandPath(n))))
	b.WriteString(".SH DESCRIPTION\n" + roff(summary) + "\n")
	writeRoffBlocks(&b, h.about)
	writeRoffList(&b, "COMMANDS", shownCommands(n), func(c *kong.Node) (string, string) { return commandPath(c), c.Help })
	writeRoffList(&b, "OPTIONS", shownFlags(n), func(f *kong.Flag) (string, string) { return flagSynopsis(f), f.Help })
	if v := positional(n); v != nil {
		writeRoffList(&b, "ARGUMENTS", []*kong.Value{v}, func(v *kong.Value) (string, string) { return argumentName(v), v.Help })
	}
	if h.exit != "" {
		writeRoffList(&b, "EXIT STATUS", exitLines(h.exit), func(l string) (string, string) { return l[:1], strings.TrimSpace(l[1:]) })
	}
	if n.Parent == nil {
		writeRoffList(&b, "ENVIRONMENT", new(settings).keys(), func(k key) (string, string) {
			return k.variable(), "Overrides the key " + k.name + " of the configuration."
		})
	}
	if len(h.examples) > 0 {
		b.WriteString(".SH EXAMPLES\n")
		for _, e := range h.examples {
			fmt.Fprintf(&b, ".RS 4\n.nf\n%s\n.fi\n.RE\n", roff(e.text))
		}
	}
	b.WriteString(".SH SEE ALSO\n" + roff(strings.Join(seeAlso(n), ", ")) + "\n")
	return b.String()
}

// seeAlso names the page above, and those below.
func seeAlso(n *kong.Node) (pages []string) {
	if n.Parent != nil {
		pages = append(pages, pageName(n.Parent)+"(1)")
	}
	for _, c := range shownCommands(n) {
		pages = append(pages, pageName(c)+"(1)")
	}
	return pages
}

func writeRoffBlocks(b *strings.Builder, blocks []block) {
	for _, p := range blocks {
		if p.code {
			fmt.Fprintf(b, ".PP\n.RS 4\n.nf\n%s\n.fi\n.RE\n", roff(p.text))
		} else {
			fmt.Fprintf(b, ".PP\n%s\n", roff(p.text))
		}
	}
}

// writeRoffList writes a section of tagged paragraphs, if there is anything to write.
func writeRoffList[T any](b *strings.Builder, title string, items []T, entry func(T) (tag, text string)) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	for _, item := range items {
		tag, text := entry(item)
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roff(tag), roff(text))
	}
}

// roff makes a text safe: backslashes, hyphens that are to be copied as such, quotes that groff would curl, lines that
// look like requests, and characters outside ASCII.
func roff(text string) string {
	var b strings.Builder
	atStart := true
	for _, r := range text {
		if atStart && (r == '.' || r == '\'') {
			b.WriteString(`\&`)
		}
		atStart = r == '\n'
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\'':
			b.WriteString(`\(aq`)
		case r == '`':
			b.WriteString(`\(ga`)
		case r == '^':
			b.WriteString(`\(ha`)
		case r == '~':
			b.WriteString(`\(ti`)
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
