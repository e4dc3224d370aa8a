package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// rows returns the cells of the tables below a heading of docs/cli.md.
func rows(t *testing.T, heading string) (all [][]string) {
	t.Helper()
	data, err := os.ReadFile("../../docs/cli.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(data), heading+"\n")
	require.True(t, ok, heading)
	section, _, _ = strings.Cut(section, "\n## ")
	for _, line := range strings.Split(section, "\n") {
		if strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "|-") {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.Trim(cells[i], " `")
			}
			all = append(all, cells)
		}
	}
	require.Greater(t, len(all), 1, heading)
	return all[1:]
}

func TestManualListsTheKeys(t *testing.T) {
	t.Parallel()
	keys := new(settings).keys()
	table := rows(t, "## Configuration")
	require.Len(t, table, len(keys))
	for i, k := range keys {
		require.Equal(t, []string{k.name, k.variable()}, table[i][:2])
	}
}

func TestManualListsTheMembers(t *testing.T) {
	t.Parallel()
	var want [][]string
	members(reflect.TypeFor[report](), "", &want)
	var got [][]string
	for _, row := range rows(t, "## JSON") {
		got = append(got, row[:2])
	}
	require.Equal(t, want, got)
}

// members lists the JSON members of a struct with their types, as the manual does.
func members(typ reflect.Type, prefix string, list *[][]string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		ft := f.Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		kind := map[string]string{
			"string": "string", "bool": "boolean", "int": "integer", "[]string": "array of strings", "time.Time": "string", "float64": "number",
		}[ft.String()]
		if kind == "" {
			kind = "object"
		}
		*list = append(*list, []string{prefix + name, kind})
		if kind == "object" {
			members(ft, prefix+name+".", list)
		}
	}
}

func TestManualListsTheExitCodes(t *testing.T) {
	t.Parallel()
	table := rows(t, "## Exit codes")
	codes := []int{exitOK, exitDifferent, exitUsage, exitFault, exitUnverified, exitTransport, exitOutstanding}
	require.Len(t, table, len(codes))
	for i, code := range codes {
		require.Equal(t, string(rune('0'+code)), table[i][0])
		require.Regexp(t, regexp.MustCompile(`[:;] `+table[i][0]+` `), strings.ReplaceAll(description, "\n", " "), "the help has it too")
	}
}

func TestManualListsTheCommands(t *testing.T) {
	t.Parallel()
	var want, got [][]string
	for _, n := range leaves(grammar(t)) {
		want = append(want, []string{"[`" + commandPath(n) + "`](#" + pageName(n) + ")", n.Help})
	}
	for _, row := range rows(t, "# The command mss") {
		got = append(got, row[:2])
	}
	require.Equal(t, want, got, "go generate ./tools/... brings it up to date")
}

// What is generated is what go generate would write now.
func TestGeneratedIsCurrent(t *testing.T) {
	t.Parallel()
	root := grammar(t)
	text := string(mustRead(t, "../../docs/cli.md"))
	updated, err := updateManual(text, root)
	require.NoError(t, err)
	require.Equal(t, updated, text, "docs/cli.md: go generate ./tools/... brings it up to date")
	pages, err := filepath.Glob("../../docs/man/*")
	require.NoError(t, err)
	all := allCommands(root)
	require.Len(t, pages, len(all), "docs/man: go generate ./tools/... brings it up to date")
	for _, n := range all {
		page := string(mustRead(t, filepath.Join("../../docs/man", pageName(n)+".1")))
		require.Equal(t, manPage(n), page, "docs/man: go generate ./tools/... brings it up to date")
	}
}

// Every example in the help, the manual and its pages is a command line that the grammar takes.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, n := range leaves(grammar(t)) {
		for _, e := range parseHelp(n.Detail).examples {
			lines = append(lines, strings.Split(e.text, "\n")...)
		}
	}
	manual := strings.ReplaceAll(string(mustRead(t, "../../docs/cli.md")), "\\\n", "")
	for l := range strings.Lines(manual) {
		if strings.HasPrefix(l, "    mss ") {
			lines = append(lines, strings.TrimSpace(l))
		}
	}
	require.Greater(t, len(lines), 40)
	for _, l := range lines {
		for _, args := range commandLines(l) {
			parser, err := kong.New(new(commands), kong.Name("mss"))
			require.NoError(t, err)
			_, err = parser.Parse(args)
			require.NoError(t, err, l)
		}
	}
}

var word = regexp.MustCompile(`"[^"]*"|[^ "]+`)

// commandLines returns the arguments of the mss commands in a line of shell. Synopses, with capitals in brackets or after
// an equals sign, and lines that break off are none.
func commandLines(line string) (all [][]string) {
	if strings.Contains(line, "...") || regexp.MustCompile(`\[[A-Z]|=[A-Z0-9]+( |$)| [A-Z]+$|\(--| COMMAND`).MatchString(line) {
		return nil
	}
	for part := range strings.SplitSeq(line, " && ") {
		part, _, _ = strings.Cut(part, " > ")
		part, _, _ = strings.Cut(strings.TrimSuffix(part, " &"), " < ")
		var args []string
		for _, w := range word.FindAllString(part, -1) {
			args = append(args, strings.Trim(w, `"`))
		}
		if len(args) > 1 && args[0] == "mss" {
			all = append(all, args[1:])
		}
	}
	return all
}
