package main

import (
	"io"
	"path/filepath"
	"slices"
	"time"
)

// configCheckCmd checks everything of a configuration that can be checked without ringing a phone.
type configCheckCmd struct {
	Config string `placeholder:"FILE" help:"Configuration file (YAML)."`
	Online bool   `help:"Also connect to the service, with the client certificate, and ask for its health."`
	JSON   bool   `name:"json" help:"Print one JSON array."`
}

// Help is printed before the flags.
func (*configCheckCmd) Help() string {
	return `A line for each finding: ok, warn or fail, what, and what to do. Without --online nothing is sent. With it the service is reached once without a body, and once with the heartbeat that its guide provides for; no phone rings.

Exit codes: 0 nothing fails, 2 something does.

Examples:

	mss config check --config mss.yaml
	mss config check --config mss.yaml --online --json`
}

// checkup is a configuration under examination. Its checks are independent: each says nothing of a key that another
// has found missing.
type checkup struct {
	a   *app
	s   *settings
	now time.Time
}

// configCheck is one small check. Its name is the member "check" of --json.
type configCheck struct {
	name string
	run  func(*checkup) []finding
}

// offlineChecks need no network.
var offlineChecks = []configCheck{
	{"provider", (*checkup).owner},
	{"placeholders", (*checkup).placeholders},
	{"required", (*checkup).required},
	{"permissions", (*checkup).permissions},
	{"address", (*checkup).address},
	{"prefix", (*checkup).prefix},
	{"certificate", (*checkup).certificate},
	{"tls_roots", (*checkup).serverRoots},
	{"key_pins", (*checkup).keyPins},
	{"anchors", (*checkup).anchors},
	{"registrant", (*checkup).registrant},
}

// settledCheck makes a client of the configuration, which checks the rest: pins, proxy, account, handle key. It repeats
// what the others have found, so it runs only where they have found nothing that fails.
var settledCheck = configCheck{"client", (*checkup).client}

// onlineChecks reach the service.
var onlineChecks = []configCheck{
	{"connection", (*checkup).connection},
	{"health", (*checkup).health},
}

// checkedFinding is a finding with the check that made it.
type checkedFinding struct {
	Check string `json:"check"`
	finding
}

func (c *configCheckCmd) Run(a *app) error {
	all := c.examine(a)
	findings := make([]finding, len(all))
	for i, f := range all {
		findings[i] = f.finding
	}
	if c.JSON {
		if err := a.printJSON(all); err != nil {
			return err
		}
	} else {
		a.printFindings("", findings)
	}
	return judge(findings)
}

// examine runs the checks.
func (c *configCheckCmd) examine(a *app) (all []checkedFinding) {
	add := func(name string, findings ...finding) {
		for _, f := range findings {
			all = append(all, checkedFinding{name, f})
		}
	}
	s, err := a.readSettings(c.Config)
	if err != nil {
		add("file", failing("docs/cli.md explains every key", "%s", message(err)))
		return all
	}
	add("file", found("%s: %d keys are set", orNone(c.Config), len(s.origin)))
	quiet := *a
	quiet.stderr = io.Discard // the library's warnings are findings here
	up := &checkup{a: &quiet, s: s, now: time.Now()}
	for _, check := range offlineChecks {
		add(check.name, check.run(up)...)
	}
	if slices.ContainsFunc(all, func(f checkedFinding) bool { return f.Level == levelFail }) {
		if c.Online {
			add("connection", doubtful("mend what fails, then check again", "not connected: the configuration is not complete"))
		}
		return all
	}
	add(settledCheck.name, settledCheck.run(up)...)
	if c.Online && all[len(all)-1].Level != levelFail {
		for _, check := range onlineChecks {
			add(check.name, check.run(up)...)
		}
	}
	return all
}

// readSettings reads file and environment like load, without the warnings that are findings here.
func (a *app) readSettings(file string) (*settings, error) {
	s := &settings{file: file, origin: make(map[string]string)}
	if file != "" {
		if err := s.readFile(file); err != nil {
			return nil, err
		}
	}
	return s, s.readEnvironment(a)
}

func orNone(file string) string {
	if file == "" {
		return "environment alone"
	}
	return file
}

// settled reports whether every key is set, and to no placeholder.
func (c *checkup) settled(names ...string) bool {
	keys := c.s.keys()
	return !slices.ContainsFunc(names, func(name string) bool {
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
		return i < 0 || c.s.origin[name] == "" || keys[i].isPlaceholder()
	})
}

// isPlaceholder reports whether `config init` has written one of the key's values.
func (k key) isPlaceholder() bool {
	values := []string{*k.value()}
	if k.list != nil {
		values = *k.list
	}
	return slices.ContainsFunc(values, func(v string) bool {
		if k.isFile {
			v = filepath.Base(v)
		}
		return isPlaceholder(v)
	})
}

// value is the one text of a key, an empty one of a list.
func (k key) value() *string {
	if k.text == nil {
		return new(string)
	}
	return k.text
}
