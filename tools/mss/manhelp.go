package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// block is a paragraph of help, or lines that keep their form.
type block struct {
	text string
	code bool
}

// helpText is the help of a command by its parts: it is written once, for --help, and read here.
type helpText struct {
	about    []block
	exit     string // what follows "Exit codes: "
	examples []block
}

// The beginnings by which the parts are told apart.
const (
	exitMark     = "Exit codes: "
	examplesMark = "Examples:"
)

// parseHelp reads a command's Help(): paragraphs between empty lines, of which those that begin with a tab keep their form.
// The first of these after "Examples:" are the examples.
func parseHelp(detail string) (h helpText) {
	inExamples := false
	for part := range strings.SplitSeq(strings.Trim(detail, "\n"), "\n\n") {
		code := strings.HasPrefix(part, "\t")
		switch {
		case strings.TrimSpace(part) == "":
		case part == examplesMark:
			inExamples = true
		case strings.HasPrefix(part, exitMark):
			h.exit = joinLines(strings.TrimPrefix(part, exitMark))
		case code && inExamples:
			h.examples = append(h.examples, block{strings.ReplaceAll(part[1:], "\n\t", "\n"), true})
		case code:
			h.about = append(h.about, block{strings.ReplaceAll(part[1:], "\n\t", "\n"), true})
		default:
			inExamples = false
			h.about = append(h.about, block{joinLines(part), false})
		}
	}
	return h
}

func joinLines(text string) string { return strings.Join(strings.Fields(text), " ") }

// exitLines are the exit codes of a command, one each: they are separated by a comma or a semicolon and begin with a digit.
func exitLines(exit string) (lines []string) {
	from := 0
	exit = strings.TrimSuffix(exit, ".")
	for i := 2; i < len(exit); i++ {
		if isSeparator(exit[i-2]) && exit[i-1] == ' ' && exit[i] >= '0' && exit[i] <= '9' {
			lines, from = append(lines, exit[from:i-2]), i
		}
	}
	return append(lines, exit[from:])
}

func isSeparator(c byte) bool { return c == ',' || c == ';' }

// synopsis is the command with its arguments, required flags first.
func synopsis(n *kong.Node) string {
	if len(shownCommands(n)) > 0 {
		return commandPath(n) + " COMMAND"
	}
	parts, optional := []string{commandPath(n)}, false
	var done []string // groups of flags of which one is required
	for _, f := range shownFlags(n) {
		switch {
		case !f.Required:
			optional = optional || f.Name != "help"
		case len(f.Xor) == 0:
			parts = append(parts, flagSynopsis(f))
		case !slices.Contains(done, f.Xor[0]):
			done = append(done, f.Xor[0])
			parts = append(parts, "("+strings.Join(alternatives(n, f.Xor[0]), " | ")+")")
		}
	}
	if optional {
		parts = append(parts, "[FLAGS]")
	}
	if v := positional(n); v != nil {
		parts = append(parts, argumentName(v))
	}
	return strings.Join(parts, " ")
}

// alternatives are the flags of a group of which one is required.
func alternatives(n *kong.Node, group string) (flags []string) {
	for _, f := range shownFlags(n) {
		if slices.Contains(f.Xor, group) {
			flags = append(flags, flagSynopsis(f))
		}
	}
	return flags
}

// argumentName is FILE, FILE… or [FILE].
func argumentName(v *kong.Value) string {
	name := strings.ToUpper(v.Name)
	if v.Tag.PlaceHolder != "" {
		name = v.Tag.PlaceHolder
	}
	if v.IsCumulative() {
		name += "..."
	}
	if !v.Required {
		name = "[" + name + "]"
	}
	return name
}

// flagSynopsis is -h, --help or --mode=sync|async; a switch that takes a value if it has to is --flag[=VALUE].
func flagSynopsis(f *kong.Flag) string {
	text := "--" + f.Name
	if f.Short != 0 {
		text = "-" + string(f.Short) + ", " + text
	}
	switch {
	case !f.IsBool():
		return text + "=" + f.FormatPlaceHolder()
	case f.PlaceHolder != "":
		return text + "[=" + f.PlaceHolder + "]"
	}
	return text
}
