package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// flat is code without its indentation and empty lines.
func flat(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// TestCodeIsCompiled looks for each piece of Go on the pages in the sources, where it is compiled and tested. A line "…" stands for
// what a page leaves out.
func TestCodeIsCompiled(t *testing.T) {
	t.Parallel()
	code := flat(sources(t, true)) + flat(sources(t, false)) + flat(page(t, "embedding_test.go"))
	for _, name := range []string{"embedding.md", "tutorial.md"} {
		blocks := goBlock.FindAllStringSubmatch(page(t, name), -1)
		require.NotEmpty(t, blocks, name)
		for _, b := range blocks {
			for part := range strings.SplitSeq(flat(b[1]), "…\n") {
				if !strings.Contains(code, part) {
					t.Errorf("%s: no source has this:\n%s", name, part)
				}
			}
		}
	}
}
