// Package docs_test holds the documentation to the code: the tests it names exist, the messages it explains are printed, its
// links lead somewhere.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sources returns the Go files of the repository with the given ending, tests or not, as one text.
func sources(t *testing.T, tests bool) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "docs") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") != tests {
			return nil
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	require.NoError(t, err)
	require.Greater(t, all.Len(), 100_000)
	return all.String()
}

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

var testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z][A-Za-z0-9]+\b`)

func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	code := sources(t, true) + page(t, "embedding_test.go")
	pages, err := filepath.Glob("*.md")
	require.NoError(t, err)
	n := 0
	for _, name := range pages {
		for _, test := range testName.FindAllString(page(t, name), -1) {
			if !strings.Contains(code, "func "+test+"(") {
				t.Errorf("%s: there is no %s", name, test)
			}
			n++
		}
	}
	require.Greater(t, n, 80)
}

// joined are string literals that are broken over lines or concatenated.
var joined = regexp.MustCompile(`"\s*\+\s*"`)

// TestMessagesAreAsPrinted looks every symptom of the troubleshooting page up in the source: each part between ellipses must be
// there, or be put together of parts at a colon that are.
func TestMessagesAreAsPrinted(t *testing.T) {
	t.Parallel()
	code := strings.ReplaceAll(joined.ReplaceAllString(sources(t, false), ""), `\"`, `"`)
	found := symptoms(page(t, "troubleshooting.md"))
	require.Greater(t, len(found), 80)
	for _, symptom := range found {
		for part := range strings.SplitSeq(symptom, "…") {
			if !isPrinted(code, strings.Trim(part, `": `)) {
				t.Errorf("%q: no source has %q", symptom, part)
			}
		}
	}
}

func isPrinted(code, text string) bool {
	if strings.Contains(code, text) {
		return true
	}
	head, rest, ok := strings.Cut(text, ": ")
	return ok && strings.Contains(code, strings.TrimRight(head, " 0123456789")) && isPrinted(code, rest)
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// symptoms returns the code spans in the tables' columns that are headed so.
func symptoms(page string) (found []string) {
	column := -1
	for row := range strings.Lines(page) {
		cells := strings.Split(row, " | ")
		cells[0] = strings.TrimPrefix(cells[0], "| ")
		switch {
		case !strings.HasPrefix(row, "|"):
			column = -1
		case slices.Contains(cells, "symptom"):
			column = slices.Index(cells, "symptom")
		case column >= 0 && column < len(cells):
			for _, m := range codeSpan.FindAllStringSubmatch(cells[column], -1) {
				found = append(found, m[1])
			}
		}
	}
	return found
}

var link = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)

func TestLinksLead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"providers.md", "troubleshooting.md", "security.md", "cli.md", "tutorial.md", "embedding.md", "performance.md", "../README.md", "../SECURITY.md"} {
		for _, m := range link.FindAllStringSubmatch(page(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			_, err := os.Stat(filepath.Join(filepath.Dir(name), m[1]))
			require.NoError(t, err, name)
		}
	}
}
