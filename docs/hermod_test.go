package docs_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// TestInferredIsListed holds the list of what is inferred about Hermod against the table in the code: every entry, with its default.
func TestInferredIsListed(t *testing.T) {
	t.Parallel()
	_, chapter, ok := strings.Cut(page(t, "providers.md"), "\n## Inferred, not confirmed by Nexus\n")
	require.True(t, ok)
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	listed := make(map[string]string)
	var order []string
	for row := range strings.Lines(chapter) {
		cells := strings.Split(row, " | ")
		if !strings.HasPrefix(row, "| `") {
			continue
		}
		require.Len(t, cells, 4, row)
		name := strings.Trim(cells[0], "| `")
		listed[name], order = cells[1], append(order, name)
		require.Regexp(t, testName, cells[3], "a test an entry")
	}
	table := reflect.ValueOf(hermod.DefaultInferred()).Elem()
	var fields []string
	for i := range table.NumField() {
		name := table.Type().Field(i).Name
		fields = append(fields, name)
		requireDefault(t, name, table.Field(i), listed[name])
	}
	require.Equal(t, fields, order)
}

// requireDefault compares what stands in a cell with a value. A function that is nil is described in words.
func requireDefault(t *testing.T, name string, v reflect.Value, cell string) {
	t.Helper()
	var want []string
	switch v := v.Interface().(type) {
	case hermod.Names:
		want = []string{v.Path, v.Callback, v.Command, v.Response, v.Type}
	case []string:
		want = v
	case map[int]mss.Code:
		requireCodes(t, v, cell)
		return
	case string, int:
		want = []string{fmt.Sprint(v)}
	default:
		require.True(t, reflect.ValueOf(v).IsNil(), name)
		require.True(t, strings.HasPrefix(cell, "nil: "), name)
		return
	}
	var got []string
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		got = append(got, m[1])
	}
	require.Equal(t, want, got, name)
}

var codeOfDevice = regexp.MustCompile("`([0-9]+)` ([A-Z_]+)")

func requireCodes(t *testing.T, codes map[int]mss.Code, cell string) {
	t.Helper()
	var want, got []string
	for n, code := range codes {
		want = append(want, fmt.Sprintf("%d %s", n, code.Name()))
	}
	slices.Sort(want)
	for _, m := range codeOfDevice.FindAllStringSubmatch(cell, -1) {
		got = append(got, m[1]+" "+m[2])
	}
	require.Equal(t, want, got, "Codes")
}

// TestRegistryTableIsNamed: the page names the place of the schema and the calls that make it, as they are.
func TestRegistryTableIsNamed(t *testing.T) {
	t.Parallel()
	chapter := page(t, "providers.md")
	for _, d := range []hermod.Dialect{hermod.SQLite, hermod.PostgreSQL} {
		schema, err := hermod.RegistrySchema(d, "")
		require.NoError(t, err)
		require.Contains(t, schema, `"`+hermod.DefaultTable+`"`)
	}
	for _, name := range []string{"NewSQLRegistry", "CreateTable", "RegistrySchema", "adapters/hermod/schema", hermod.DefaultTable} {
		require.Contains(t, chapter, "`"+name)
	}
}
