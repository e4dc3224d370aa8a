package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// zshCompletion is the script for zsh: a function for each command, on _arguments.
func zshCompletion(root *kong.Node) string {
	var b strings.Builder
	b.WriteString("#compdef mss\n# zsh completion for mss, printed by: mss completion zsh\n")
	for _, n := range allCommands(root) {
		fmt.Fprintf(&b, "\n%s() {\n", zshFunction(n))
		if len(shownCommands(n)) > 0 {
			writeZshGroup(&b, n)
		} else {
			writeZshLeaf(&b, n)
		}
		b.WriteString("}\n")
	}
	b.WriteString("\nif [ \"$funcstack[1]\" = _mss ]; then\n\t_mss \"$@\"\nelse\n\tcompdef _mss mss\nfi\n")
	return b.String()
}

func zshFunction(n *kong.Node) string { return "_" + strings.ReplaceAll(commandPath(n), " ", "_") }

// writeZshGroup completes the commands below a command.
func writeZshGroup(b *strings.Builder, n *kong.Node) {
	b.WriteString("\tlocal line state\n\tlocal -a commands\n\t_arguments -C")
	writeZshFlags(b, n)
	b.WriteString(" \\\n\t\t'1: :->command' \\\n\t\t'*:: :->rest'\n\tcase $state in\n\tcommand)\n\t\tcommands=(")
	for _, c := range shownCommands(n) {
		fmt.Fprintf(b, "\n\t\t\t%s", shellQuote(c.Name+":"+strings.ReplaceAll(c.Help, ":", `\:`)))
	}
	b.WriteString("\n\t\t)\n\t\t_describe command commands\n\t\t;;\n\trest)\n\t\tcase $line[1] in\n")
	for _, c := range shownCommands(n) {
		fmt.Fprintf(b, "\t\t%s) %s ;;\n", c.Name, zshFunction(c))
	}
	b.WriteString("\t\tesac\n\t\t;;\n\tesac\n")
}

// writeZshLeaf completes flags and the argument.
func writeZshLeaf(b *strings.Builder, n *kong.Node) {
	b.WriteString("\t_arguments")
	writeZshFlags(b, n)
	if v := positional(n); v != nil {
		spec := ":" + zshEscape(v.Name) + ":" + zshValue(v)
		if names := commandNames(n); len(names) > 0 {
			spec = ":" + v.Name + ":(" + strings.Join(names, " ") + ")"
		}
		if v.IsCumulative() {
			spec = "*" + spec
		}
		fmt.Fprintf(b, " \\\n\t\t%s", shellQuote(spec))
	}
	b.WriteString("\n")
}

func writeZshFlags(b *strings.Builder, n *kong.Node) {
	for _, f := range shownFlags(n) {
		spec := "--" + f.Name
		if f.IsCumulative() {
			spec = "*" + spec
		}
		if f.IsBool() {
			spec += "[" + zshEscape(f.Help) + "]"
		} else {
			spec += "=[" + zshEscape(f.Help) + "]:" + zshEscape(f.FormatPlaceHolder()) + ":" + zshValue(f.Value)
		}
		fmt.Fprintf(b, " \\\n\t\t%s", shellQuote(spec))
	}
}

// zshValue is the action of _arguments that completes a value.
func zshValue(v *kong.Value) string {
	switch kindOf(v) {
	case wordValue:
		return "(" + strings.Join(valueWords(v), " ") + ")"
	case fileValue:
		return "_files"
	case dirValue:
		return "_files -/"
	}
	return " "
}

// zshEscape keeps a text from ending a description or a message.
func zshEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(text)
}
