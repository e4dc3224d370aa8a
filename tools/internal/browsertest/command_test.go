//go:build browser

package browsertest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// built is the command, made once for all tests.
var built = struct {
	once sync.Once
	dir  string
	out  []byte
	err  error
}{}

// sh runs a command line of a page in a directory, as a person would paste it into a terminal.
func sh(t *testing.T, dir, line string) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "browsertest"); built.err == nil {
			built.out, built.err = exec.Command("go", "build", "-o", filepath.Join(built.dir, "mss"), "../../mss").CombinedOutput()
		}
	})
	require.NoError(t, built.err, "%s", built.out)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", line)
	c.Dir, c.Env = dir, append(os.Environ(), "PATH="+built.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s\n%s", line, out)
	return string(out)
}

// download follows a link of the bank to a file, and returns the directory that has it then.
func (s *stage) download(path, name string) (dir string) {
	s.t.Helper()
	dir = s.t.TempDir()
	c := chromedp.FromContext(s.bank.ctx)
	_, err := chromedp.CallBrowser(s.bank.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: c.BrowserContextID, DownloadPath: dir,
	})
	require.NoError(s.t, err)
	s.bank.press(`a[download][href="` + path + `"]`)
	require.Eventually(s.t, func() bool { // the browser gives it the name once it is whole
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}, patience, 20*time.Millisecond)
	return dir
}

// judge downloads the evidence that the bank's page offers, and runs the command line below it.
func (s *stage) judge(what string) {
	s.t.Helper()
	dir := s.download("/evidence/"+what, what+".evidence")
	require.Contains(s.t, sh(s.t, dir, s.bank.text(".command code")), "Verified: signed")
}
