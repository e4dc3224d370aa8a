package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

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
			"string": "string", "bool": "boolean", "int": "integer", "[]string": "array of strings", "time.Time": "string",
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
	table := rows(t, "# The command mss")
	typ := reflect.TypeFor[commands]()
	require.Len(t, table, typ.NumField())
	for i := range typ.NumField() {
		require.True(t, strings.HasPrefix(table[i][0], "mss "+strings.ToLower(typ.Field(i).Name)), table[i][0])
	}
}
