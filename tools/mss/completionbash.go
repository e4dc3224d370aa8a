package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// bashCompletion is the script for bash 3.2 and later. Words come split at "=", so that --flag=value is three of them. Only
// a command without flags of its own has commands below it: a value is never mistaken for one.
func bashCompletion(root *kong.Node) string {
	var b strings.Builder
	b.WriteString(`# bash completion for mss, printed by: mss completion bash
_mss_reply() {
	local line
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done < <(compgen "$@" -- "$cur")
}

_mss() {
	local cur=${COMP_WORDS[COMP_CWORD]} path=mss prev= i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == "=" ]]; then continue; fi
		prev=${COMP_WORDS[i]}
		case "$path $prev" in
`)
	all := allCommands(root)
	for _, n := range all[1:] {
		fmt.Fprintf(&b, "\t\t%q) path=%[1]q ;;\n", commandPath(n))
	}
	b.WriteString(`		esac
	done
	if [[ $cur == "=" ]]; then cur=; fi
	case "$path $prev" in
`)
	for _, n := range all {
		for _, f := range shownFlags(n) {
			if !f.IsBool() {
				fmt.Fprintf(&b, "\t%q) %s return ;;\n", commandPath(n)+" --"+f.Name, bashValue(f.Value))
			}
		}
	}
	b.WriteString("\tesac\n\tcase \"$path\" in\n")
	for _, n := range all {
		fmt.Fprintf(&b, "\t%q)\n\t\tif [[ $cur == -* ]]; then _mss_reply -W %s; return; fi\n", commandPath(n), bashFlags(n))
		if names := commandNames(n); len(names) > 0 {
			fmt.Fprintf(&b, "\t\t_mss_reply -W %s\n", shellQuote(strings.Join(names, " ")))
		} else if v := positional(n); v != nil {
			fmt.Fprintf(&b, "\t\t%s\n", bashValue(v))
		} else {
			fmt.Fprintf(&b, "\t\t_mss_reply -W %s\n", bashFlags(n))
		}
		b.WriteString("\t\t;;\n")
	}
	b.WriteString("\tesac\n}\n\ncomplete -o filenames -F _mss mss\n")
	return b.String()
}

// bashValue is the command that completes a value.
func bashValue(v *kong.Value) string {
	switch kindOf(v) {
	case wordValue:
		return "_mss_reply -W " + shellQuote(strings.Join(valueWords(v), " ")) + ";"
	case fileValue:
		return "_mss_reply -f;"
	case dirValue:
		return "_mss_reply -d;"
	}
	return ":;"
}

func bashFlags(n *kong.Node) string {
	var names []string
	for _, f := range shownFlags(n) {
		names = append(names, "--"+f.Name)
	}
	return shellQuote(strings.Join(names, " "))
}

// shellQuote makes one word of a text in bash and zsh.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
