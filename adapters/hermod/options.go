package hermod

import (
	"fmt"

	"github.com/gomss/gomss/mss"
)

// Options are the part of a Request that is particular to Hermod.
type Options struct {
	// Format is the form of the signature: mss.CMS (which Hermod calls pkcs7) or mss.JWS. 0 is mss.CMS.
	Format mss.Format
}

// Provider returns "hermod".
func (Options) Provider() string { return "hermod" }

func readOptions(req *mss.Request) (Options, error) {
	switch o := req.Options.(type) {
	case nil:
		return Options{}, nil
	case Options:
		return o, nil
	case *Options:
		if o != nil {
			return *o, nil
		}
		return Options{}, refuse("Options", "are a nil *hermod.Options")
	default:
		return Options{}, refuse("Options", fmt.Sprintf("are %T, of provider %q; use hermod.Options", o, o.Provider()))
	}
}

// format returns what state.Format holds.
func (o Options) format() (string, error) {
	switch o.Format {
	case 0, mss.CMS:
		return formatPKCS7, nil
	case mss.JWS:
		return formatJWS, nil
	}
	return "", refuse("Options.Format", "is neither mss.CMS nor mss.JWS")
}
