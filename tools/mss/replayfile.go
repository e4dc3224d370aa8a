package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gomss/gomss/internal/scenario"
	"golang.org/x/tools/txtar"
)

// Limits of a scenario in one file. A scenario has 99 exchanges at most, of three files each.
const (
	maxScenarioFile  = 4 << 20 // octets
	maxScenarioParts = 400
)

// loadScenario reads a scenario: a directory, or one file, which is a txtar archive of the files of a directory.
func loadScenario(path string) (*scenario.Scenario, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return scenario.Load(path)
	}
	data, err := readBounded(path, maxScenarioFile)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mss-replay-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // all of it has been read by then
	s, err := unpack(txtar.Parse(data), dir)
	if err != nil {
		// The directory is gone when somebody reads this.
		return nil, fmt.Errorf("%s: %s", path, strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
	}
	s.Name = strings.TrimSuffix(filepath.Base(path), ".txtar")
	return s, nil
}

// partName is what a file of a scenario can be called: nothing leads out of the directory.
var partName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*\.[A-Za-z0-9]+$`)

// unpack writes the files of an archive, and loads them.
func unpack(a *txtar.Archive, dir string) (*scenario.Scenario, error) {
	if len(a.Files) == 0 || len(a.Files) > maxScenarioParts {
		return nil, fmt.Errorf("is no scenario: not a txtar archive with 1 to %d files", maxScenarioParts)
	}
	for _, f := range a.Files {
		if !partName.MatchString(f.Name) {
			return nil, errors.New("is no scenario: a file in it has a name that no file of a scenario has")
		}
		if err := writeNew(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			return nil, err
		}
	}
	return scenario.Load(dir)
}
