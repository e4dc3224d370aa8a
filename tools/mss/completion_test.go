package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// grammar is the model of the command line, as run makes it.
func grammar(t *testing.T) *kong.Node {
	t.Helper()
	parser, err := kong.New(new(commands), kong.Name("mss"), kong.Description(description))
	require.NoError(t, err)
	return parser.Model.Node
}

func TestCompletionKnowsTheGrammar(t *testing.T) {
	t.Parallel()
	scripts := make(map[string]string)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		r := runMSS(t, "completion", shell)
		require.Equal(t, exitOK, r.code, r.err)
		require.Equal(t, r, runMSS(t, "completion", shell), "the same each time")
		scripts[shell] = r.out
	}
	all := allCommands(grammar(t))
	require.Greater(t, len(all), 15)
	for _, n := range all {
		path := commandPath(n)
		require.Contains(t, scripts["bash"], "\t\""+path+"\")\n")
		require.Contains(t, scripts["zsh"], "\n_"+strings.ReplaceAll(path, " ", "_")+"() {\n")
		require.Contains(t, scripts["fish"], `'__mss_at \'`+path+`\''`)
		for _, f := range shownFlags(n) {
			require.Contains(t, scripts["bash"], "--"+f.Name)
			require.Contains(t, scripts["zsh"], "--"+f.Name)
			require.Contains(t, scripts["fish"], `\'`+path+`\'' -l `+f.Name)
		}
	}
	require.Contains(t, scripts["bash"], `"mss sign --mode") _mss_reply -W 'sync async'; return ;;`)
	require.Contains(t, scripts["bash"], `"mss sign --record") _mss_reply -d; return ;;`)
	require.Contains(t, scripts["bash"], `"mss sign --config") _mss_reply -f; return ;;`)
	require.Contains(t, scripts["bash"], `"mss sign --text") :; return ;;`)
}

// A command with commands below it has no flags that take a value: the scripts take the first word that is the name of a
// command for one.
func TestGroupsHaveNoValues(t *testing.T) {
	t.Parallel()
	for _, n := range allCommands(grammar(t)) {
		require.LessOrEqual(t, len(n.Positional), 1, "%s: the scripts know one argument", commandPath(n))
		if len(n.Children) == 0 {
			continue
		}
		require.Empty(t, n.Positional, commandPath(n))
		for _, f := range shownFlags(n) {
			require.True(t, f.IsBool(), "%s --%s", commandPath(n), f.Name)
		}
	}
}

// Texts of the help are quoted, whatever is in them.
func TestQuoting(t *testing.T) {
	t.Parallel()
	require.Equal(t, `'it'\''s $(x)'`, shellQuote("it's $(x)"))
	require.Equal(t, `'it\'s \\ $(x)'`, fishQuote(`it's \ $(x)`))
	require.Equal(t, `a\[b\]\:c\\`, zshEscape(`a[b]:c\`))
}

func TestCompletionUsage(t *testing.T) {
	t.Parallel()
	r := runMSS(t, "completion", "tcsh")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "<shell>: must be one of bash, zsh, fish; see mss completion --help")
	require.NotContains(t, r.err, "tcsh")
}
