package main

import (
	"encoding/json"
	"fmt"
)

// level is how bad a finding is.
type level string

const (
	levelOK   level = "ok"
	levelWarn level = "warn" // works now, or may not be meant so
	levelFail level = "fail" // does not work, or must not be trusted
)

// finding is what one check came to, and what to do about it.
type finding struct {
	Level level  `json:"level"`
	What  string `json:"what"`
	Do    string `json:"do,omitempty"` // "" with ok
}

func found(format string, args ...any) finding {
	return finding{Level: levelOK, What: fmt.Sprintf(format, args...)}
}

func doubtful(do, format string, args ...any) finding {
	return finding{levelWarn, fmt.Sprintf(format, args...), do}
}

func failing(do, format string, args ...any) finding {
	return finding{levelFail, fmt.Sprintf(format, args...), do}
}

// String is the finding in one line.
func (f finding) String() string {
	line := fmt.Sprintf("%-4s  %s", f.Level, f.What)
	if f.Do != "" {
		line += "  — " + f.Do
	}
	return line
}

// judge turns findings that have been printed into the end of the command: any that fails makes exit code 2.
func judge(findings []finding) error {
	failed := 0
	for _, f := range findings {
		if f.Level == levelFail {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	return printedError{usagef("%d of %d findings fail", failed, len(findings))}
}

// printFindings prints a line each. prefix stands before every line.
func (a *app) printFindings(prefix string, findings []finding) {
	for _, f := range findings {
		fmt.Fprintln(a.stdout, prefix+f.String())
	}
}

// printJSON prints one value on one line.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}
