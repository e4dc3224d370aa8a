package registrant

import (
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Config is what New needs. The zero value of every field but HTTP is strict.
type Config struct {
	// HTTP tells where the API is: its base URL, https, without "/api/v1/registrant", and what its certificate leads to.
	HTTP transport.Config

	// NameCase is how names are spelled. It is to be set once and kept; see the package's comment.
	NameCase NameCase

	// MaxAge is how long ago a signature may have been received to be exchanged; 0 is 5 minutes, which is also the most.
	MaxAge time.Duration

	// AllowTestPersons lets a provider's test persons through, for the registry's test API. Behind them is a robot: with
	// it, typing a test number is a login.
	AllowTestPersons bool

	// PageSize is how many items are asked for at once, 1 to 200; 0 is 100, which every version of the API allows.
	PageSize int

	Logger *slog.Logger     // of warnings, without personal data; nil: none
	Now    func() time.Time // nil: time.Now
}

const (
	maxAge          = 5 * time.Minute
	defaultPageSize = 100
	maxPageSize     = 200
)

// New checks the configuration and makes a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	switch {
	case cfg.NameCase != Capitalised && cfg.NameCase != AsCertified:
		return nil, errors.New("registrant: Config.NameCase: is neither Capitalised nor AsCertified")
	case cfg.MaxAge < 0 || cfg.MaxAge > maxAge:
		return nil, errors.New("registrant: Config.MaxAge: is negative, or more than 5 minutes")
	case cfg.PageSize < 0 || cfg.PageSize > maxPageSize:
		return nil, errors.New("registrant: Config.PageSize: is not within 1 and 200")
	}
	if cfg.MaxAge == 0 {
		cfg.MaxAge = maxAge
	}
	if cfg.PageSize == 0 {
		cfg.PageSize = defaultPageSize
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.HTTP.Logger == nil {
		cfg.HTTP.Logger = cfg.Logger
	}
	http, err := transport.New(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.HTTP.URL)
	if err != nil {
		return nil, errors.New("registrant: Config.HTTP.URL: not a URL")
	}
	if cfg.AllowTestPersons {
		cfg.Logger.Warn("registrant: AllowTestPersons: test persons log in as if they were people")
	}
	return &Client{
		cfg:       cfg,
		http:      http,
		service:   strings.ToLower(base.Host) + strings.TrimRight(base.Path, "/"),
		simulator: isSimulator(&cfg.HTTP),
		spent:     newSpent(),
	}, nil
}

// isSimulator reports whether no server but a simulator's can be reached: every root is marked as one.
func isSimulator(t *transport.Config) bool {
	for _, root := range t.Roots {
		if root == nil || !simulated.Marked(root) {
			return false
		}
	}
	return len(t.Roots) > 0 && !t.UseSystemRoots
}

// now is the clock that ages are measured by. Its zero would make everything young.
func (c *Client) now() (time.Time, error) {
	now := c.cfg.Now()
	if now.IsZero() {
		return now, &mss.RequestError{Field: "Config.Now", Reason: "returned the zero time"}
	}
	return now, nil
}
