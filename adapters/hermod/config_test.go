package hermod_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edit func(*hermod.Config)
		text string
	}{
		"no anchors":               {func(c *hermod.Config) { c.Anchors = nil }, "Config.Anchors"},
		"no URL":                   {func(c *hermod.Config) { c.HTTP.URL = "" }, "Config.URL"},
		"http":                     {func(c *hermod.Config) { c.HTTP.URL = "http://hermod.example" }, "Config.URL"},
		"a broken URL":             {func(c *hermod.Config) { c.HTTP.URL = "https://[" }, "Config.HTTP.URL"},
		"no client":                {func(c *hermod.Config) { c.ClientID = "" }, "Config.ClientID"},
		"no key":                   {func(c *hermod.Config) { c.ClientKey = mss.Private{} }, "Config.ClientKey"},
		"a colon in the client":    {func(c *hermod.Config) { c.ClientID = "a:b" }, "Config.ClientID"},
		"a bar in the client":      {func(c *hermod.Config) { c.ClientID = "a|b" }, "Config.ClientID"},
		"a line in the key":        {func(c *hermod.Config) { c.ClientKey = mss.Conceal("S3CRET\nb") }, "Config.ClientKey"},
		"nobody calls back":        {func(c *hermod.Config) { c.CallbackUser, c.CallbackPassword = "", mss.Private{} }, "anybody could answer"},
		"no password":              {func(c *hermod.Config) { c.CallbackPassword = mss.Private{} }, "one goes with the other"},
		"no user":                  {func(c *hermod.Config) { c.CallbackUser = "" }, "one goes with the other"},
		"both ways":                {func(c *hermod.Config) { c.InsecureUnauthenticatedCallback = true }, "contradicts"},
		"a colon in the user":      {func(c *hermod.Config) { c.CallbackUser = "a:b" }, "colon"},
		"a store without keys":     {func(c *hermod.Config) { c.Store = new(track.Memory) }, "Config.Keys"},
		"keys without a store":     {func(c *hermod.Config) { c.Keys = new(mss.Keys) }, "Config.Store"},
		"a long server name":       {func(c *hermod.Config) { c.ServerName = strings.Repeat("a", 257) }, "Config.ServerName"},
		"an invisible server name": {func(c *hermod.Config) { c.ServerName = "a\u202e" }, "Config.ServerName"},
		"no connection":            {func(c *hermod.Config) { c.HTTP.Base = nil }, "transport"},
	} {
		cfg := brokerConfig(new(broker))
		tc.edit(&cfg)
		_, err := hermod.New(cfg)
		require.ErrorContains(t, err, tc.text, name)
		require.NotContains(t, err.Error(), "S3CRET")
		require.NotContains(t, err.Error(), brokerPassword)
	}
}

// TestWholePrefix takes whatever prefix an installation has.
func TestWholePrefix(t *testing.T) {
	t.Parallel()
	for url, path := range map[string]string{
		"https://hermod.example":                "/command/sign",
		"https://hermod.example/":               "/command/sign",
		"https://hermod.example:20400/ms/rest/": "/ms/rest/command/sign",
	} {
		b := new(broker)
		c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.HTTP.URL = url })
		started(t, c, payment())
		require.Equal(t, path, b.last().path)
	}
}
