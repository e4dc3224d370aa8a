package registrant_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/stretchr/testify/require"
)

func TestNew(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	for name, change := range map[string]func(*registrant.Config){
		"http":             func(c *registrant.Config) { c.HTTP.URL = "http://registry.example" },
		"no URL":           func(c *registrant.Config) { c.HTTP.URL = "" },
		"no roots":         func(c *registrant.Config) { c.HTTP.Roots = nil },
		"longer":           func(c *registrant.Config) { c.MaxAge = 5*time.Minute + 1 },
		"negative age":     func(c *registrant.Config) { c.MaxAge = -1 },
		"page too large":   func(c *registrant.Config) { c.PageSize = 201 },
		"negative page":    func(c *registrant.Config) { c.PageSize = -1 },
		"unknown spelling": func(c *registrant.Config) { c.NameCase = 2 },
	} {
		cfg := registrant.Config{HTTP: srv.HTTP()}
		change(&cfg)
		_, err := registrant.New(cfg)
		require.Error(t, err, name)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	client(t, srv, func(c *registrant.Config) { c.Logger = logger })
	require.Empty(t, log.String())
	client(t, srv, func(c *registrant.Config) { c.Logger, c.AllowTestPersons = logger, true })
	require.Contains(t, log.String(), "AllowTestPersons")
}

// The wanted spellings are what the portal's own rule, run in JavaScript, makes of these names.
func TestNameCase(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"MARY ÄNN":                   "Mary Änn",
		"O’CONNEŽ-ŠUSLIK TESTNUMBER": "O’Connež-Šuslik Testnumber",
		"O'CONNOR":                   "O'connor",
		"D’ARC":                      "D’Arc",
		"ÕNNE-ÜLLE":                  "Õnne-Ülle",
		"JAAN":                       "Jaan",
		"jaan":                       "Jaan",
		"VAN DER BERG":               "Van Der Berg",
		"ŠČERBAKOVA":                 "Ščerbakova",
		"ŽYMANTĖ":                    "Žymantė",
		"ÅSA":                        "Åsa",
		"MC DONALD":                  "Mc Donald",
		"ANNA-MARIA  II":             "Anna-Maria  Ii",
		"ȘTEFAN":                     "șTefan",
		"\u0130PEK":                  "I\u0307Pek", // with a combining dot, which is no letter
		"Z\u030CAK":                  "Z\u030CAk",
		"ИВАН ПЕТРОВ":                "Иван Петров",
		"A÷B":                        "A÷b",
		"":                           "",
	} {
		require.Equal(t, want, registrant.Capitalised.Spell(name), "%+q", name)
		require.Equal(t, name, registrant.AsCertified.Spell(name))
	}
}
