package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
)

//go:generate go run . man --out ../../docs/man --manual ../../docs/cli.md

// manCmd writes the manual pages and the reference in docs/cli.md, both of what --help prints.
type manCmd struct {
	Out    string `required:"" placeholder:"DIR" help:"Directory for the pages, mss.1, mss-sign.1 and so on; made if it does not exist. Pages in it are replaced."`
	Manual string `placeholder:"FILE" help:"Also replace the generated parts of this file: docs/cli.md."`
}

// Help is printed before the flags.
func (*manCmd) Help() string {
	return `The pages are the same whoever writes them: they hold no date.

Examples:

	mss man --out ~/.local/share/man/man1`
}

func (c *manCmd) Run(parser *kong.Kong) error {
	root := parser.Model.Node
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return usagef("--out: %v", err)
	}
	if err := c.removeOld(); err != nil {
		return usagef("--out: %v", err)
	}
	for _, n := range allCommands(root) {
		if err := os.WriteFile(filepath.Join(c.Out, pageName(n)+".1"), []byte(manPage(n)), 0o644); err != nil {
			return usagef("--out: %v", err)
		}
	}
	if c.Manual == "" {
		return nil
	}
	text, err := os.ReadFile(c.Manual)
	if err != nil {
		return usagef("--manual: %v", err)
	}
	updated, err := updateManual(string(text), root)
	if err != nil {
		return usagef("--manual: %s: %v", c.Manual, err)
	}
	if err := os.WriteFile(c.Manual, []byte(updated), 0o644); err != nil {
		return usagef("--manual: %v", err)
	}
	return nil
}

// removeOld removes the pages of commands that are no more. Other files stay.
func (c *manCmd) removeOld() error {
	pages, err := filepath.Glob(filepath.Join(c.Out, "mss*.1"))
	if err != nil {
		return err
	}
	for _, page := range pages {
		name := filepath.Base(page)
		if name != "mss.1" && !strings.HasPrefix(name, "mss-") {
			continue
		}
		if err := os.Remove(page); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// pageName is "mss-cert-new".
func pageName(n *kong.Node) string { return strings.ReplaceAll(commandPath(n), " ", "-") }
