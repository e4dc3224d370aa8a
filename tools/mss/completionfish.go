package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// fishCompletion is the script for fish 3 and later.
func fishCompletion(root *kong.Node) string {
	all := allCommands(root)
	var b strings.Builder
	b.WriteString(`# fish completion for mss, printed by: mss completion fish
function __mss_at --description 'whether the commands typed so far are those of the argument'
    set -l path mss
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        switch "$path $word"
            case`)
	for _, n := range all[1:] {
		b.WriteString(" " + fishQuote(commandPath(n)))
	}
	b.WriteString(`
                set path "$path $word"
        end
    end
    test "$path" = "$argv[1]"
end

complete -c mss -f
`)
	for _, n := range all {
		writeFishCommand(&b, n)
	}
	return b.String()
}

// writeFishCommand completes what may follow a command.
func writeFishCommand(b *strings.Builder, n *kong.Node) {
	at := "complete -c mss -n " + fishQuote("__mss_at "+fishQuote(commandPath(n)))
	for _, c := range shownCommands(n) {
		fmt.Fprintf(b, "%s -a %s -d %s\n", at, c.Name, fishQuote(c.Help))
	}
	for _, f := range shownFlags(n) {
		fmt.Fprintf(b, "%s -l %s", at, f.Name)
		if f.Short != 0 {
			fmt.Fprintf(b, " -s %c", f.Short)
		}
		if !f.IsBool() {
			b.WriteString(" " + fishValue(f.Value, "-x", "-r -F"))
		}
		fmt.Fprintf(b, " -d %s\n", fishQuote(f.Help))
	}
	v := positional(n)
	switch {
	case v == nil:
	case len(commandNames(n)) > 0:
		fmt.Fprintf(b, "%s -a %s\n", at, fishQuote(strings.Join(commandNames(n), " ")))
	case kindOf(v) != anyValue:
		fmt.Fprintf(b, "%s %s\n", at, fishValue(v, "", "-F"))
	}
}

// fishValue are the options that complete a value; exclusive and files are those beside the words, and those for files.
func fishValue(v *kong.Value, exclusive, files string) string {
	option := exclusive
	switch kindOf(v) {
	case wordValue:
		option += " -a " + fishQuote(strings.Join(valueWords(v), " "))
	case fileValue:
		option = files
	case dirValue:
		option += " -a '(__fish_complete_directories)'"
	}
	return strings.TrimSpace(option)
}

// fishQuote makes one word of a text in fish.
func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
