package main

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// parseError makes a usage error of the parser's. The parser quotes arguments, and any of them may be a number or a text
// that stands in the wrong place (SEC-10): the message is built anew, of what the grammar declares and of the kind of
// error alone.
func parseError(err error) error {
	parsed, ok := errors.AsType[*kong.ParseError](err)
	if !ok {
		return usagef("the command line cannot be understood; see mss --help")
	}
	node, next := parsed.Context.Selected(), "mss --help"
	if node == nil {
		node = parsed.Context.Model.Node
	} else {
		next = node.FullPath() + " --help"
	}
	return usagef("%s; see %s", mistake(node, parsed.Context.Args, err.Error()), next)
}

// mistake says what is wrong with the arguments of a command. said is the parser's message, every one of which begins
// with constant words or with the name of a declared flag.
func mistake(node *kong.Node, args []string, said string) string {
	for _, f := range node.Flags {
		if rest, ok := strings.CutPrefix(said, "--"+f.Name); ok && (strings.HasPrefix(rest, ": ") || strings.HasPrefix(rest, " must be ")) {
			return "--" + f.Name + ": " + wrongValue(f, rest)
		}
	}
	for _, p := range node.Positional {
		if p.Enum != "" && strings.HasPrefix(said, p.ShortSummary()+" must be ") {
			return p.Summary() + ": must be one of " + strings.Join(p.EnumSlice(), ", ")
		}
	}
	switch {
	case strings.HasSuffix(said, " can't be used together"):
		return strings.TrimSuffix(said, " can't be used together") + ": exclude each other" // the declared ones
	case strings.HasPrefix(said, "missing flags: "):
		return said // the declared ones
	case strings.HasPrefix(said, "unknown flag "):
		return unknownFlag(node, args, said)
	case strings.HasPrefix(said, "expected "), strings.HasPrefix(said, "missing positional arguments "):
		return "expected " + strings.Join(expected(node), " or ")
	case strings.HasPrefix(said, "unexpected argument ") && len(node.Children) > 0:
		return "there is no such command" + meant(expected(node), said)
	case strings.HasPrefix(said, "unexpected argument "):
		return "unexpected argument (values with spaces need quotes)"
	}
	return "the arguments cannot be understood"
}

// wrongValue says what a flag wants.
func wrongValue(f *kong.Flag, said string) string {
	switch {
	case f.Enum != "":
		return "must be one of " + strings.Join(slices.DeleteFunc(f.EnumSlice(), isEmpty), ", ")
	case f.IsBool() && f.PlaceHolder != "": // its value is optional, and this one is wrong
		return "the value cannot be read; write --" + f.Name + ", or --" + f.Name + "=" + f.FormatPlaceHolder()
	case f.IsBool():
		return "takes no value"
	case strings.HasPrefix(said, ": expected string value "), strings.HasPrefix(said, ": missing value"):
		return "needs a value; write one that begins with a hyphen as --" + f.Name + "=" + f.FormatPlaceHolder()
	}
	return "the value cannot be read; write --" + f.Name + "=" + f.FormatPlaceHolder()
}

// isEmpty finds the value of an enumeration that stands for a flag which is not set.
func isEmpty(s string) bool { return s == "" }

// nameable is what a misspelt flag looks like, and neither a number nor a text.
var nameable = regexp.MustCompile(`^--[A-Za-z-]{1,22}$`)

func unknownFlag(node *kong.Node, args []string, said string) string {
	var declared []string
	for _, f := range node.Flags {
		declared = append(declared, "--"+f.Name)
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(said, "unknown flag "), ", ")
	isWhole := func(arg string) bool { return arg == name || strings.HasPrefix(arg, name+"=") }
	if !nameable.MatchString(name) || !slices.ContainsFunc(args, isWhole) {
		return "unknown flag"
	}
	return "unknown flag " + name + meant(declared, said)
}

// expected is what may follow: the names of commands, or the arguments.
func expected(node *kong.Node) (names []string) {
	for _, c := range node.Children {
		names = append(names, c.Name)
	}
	for _, a := range node.Positional { // no command has more than one
		names = append(names, a.Summary())
	}
	return names
}

// meant repeats those of the parser's suggestions that are declared.
func meant(declared []string, said string) string {
	i := strings.LastIndex(said, ", did you mean ")
	if i < 0 {
		return ""
	}
	var names []string
	for _, name := range declared {
		if strings.Contains(said[i:], strconv.Quote(name)) {
			names = append(names, name)
		}
	}
	if names == nil {
		return ""
	}
	return ", did you mean " + strings.Join(names, " or ") + "?"
}
