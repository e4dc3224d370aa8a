package main

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd prints a script that completes commands, flags and their values. It is made of the grammar, so that it
// knows what this binary knows.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help is printed before the flags.
func (*completionCmd) Help() string {
	return `The script runs no mss: load it once, or install it where the shell looks for it.

Examples:

	mss completion bash > ~/.local/share/bash-completion/completions/mss
	mss completion zsh > "${fpath[1]}/_mss"
	mss completion fish > ~/.config/fish/completions/mss.fish`
}

func (c *completionCmd) Run(a *app, parser *kong.Kong) error {
	script := map[string]func(*kong.Node) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell]
	_, err := io.WriteString(a.stdout, script(parser.Model.Node))
	return err
}

// commandPath is "mss cert new", without the aliases that kong adds.
func commandPath(n *kong.Node) string {
	if n.Parent == nil {
		return n.Name
	}
	return commandPath(n.Parent) + " " + n.Name
}

// allCommands lists a node and everything below it that help shows.
func allCommands(n *kong.Node) []*kong.Node {
	all := []*kong.Node{n}
	for _, c := range shownCommands(n) {
		all = append(all, allCommands(c)...)
	}
	return all
}

func shownCommands(n *kong.Node) []*kong.Node {
	return slices.DeleteFunc(slices.Clone(n.Children), func(c *kong.Node) bool { return c.Hidden })
}

// shownFlags are the flags of a command and of those above it.
func shownFlags(n *kong.Node) (flags []*kong.Flag) {
	for _, group := range n.AllFlags(true) {
		flags = append(flags, group...)
	}
	return flags
}

// valueKind is what a shell completes a value with.
type valueKind int

const (
	anyValue  valueKind = iota // nothing that a shell knows
	wordValue                  // one of valueWords
	fileValue
	dirValue
)

// fileLike is how the grammar names values that are files.
var fileLike = regexp.MustCompile(`FILE$`)

// kindOf says what a value is, by its enumeration or by its name in the help.
func kindOf(v *kong.Value) valueKind {
	name := strings.ToUpper(v.Name)
	if v.Tag.PlaceHolder != "" {
		name = v.Tag.PlaceHolder
	}
	switch {
	case v.Enum != "":
		return wordValue
	case fileLike.MatchString(name):
		return fileValue
	case name == "DIR":
		return dirValue
	}
	return anyValue
}

// valueWords are the values of an enumeration.
func valueWords(v *kong.Value) []string { return slices.DeleteFunc(v.EnumSlice(), isEmpty) }

// positional returns the argument of a command; no command has more than one.
func positional(n *kong.Node) *kong.Value {
	if len(n.Positional) == 0 {
		return nil
	}
	return n.Positional[0]
}

// commandNames are the names below a command; those of the whole grammar where the argument of `help` is meant.
func commandNames(n *kong.Node) (names []string) {
	if v := positional(n); v != nil && v.Name == "command" {
		n = n.Parent
	}
	for _, c := range shownCommands(n) {
		names = append(names, c.Name)
	}
	return names
}
