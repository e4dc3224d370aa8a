package replay

import (
	"errors"
	"fmt"
	"net/http"
)

// checkHTTP refuses a request that no service of this form would read, whatever is in it (SOAP 1.2 part 2, 7.5.1.1; guide
// section 3.1.1).
func checkHTTP(r *http.Request, f *form) error {
	if r.Method != http.MethodPost {
		return errors.New("the method is not POST")
	}
	if !f.accepts(r.Header.Get("Content-Type")) {
		return fmt.Errorf("the Content-Type is not one of %s", f.name)
	}
	return nil
}

// routes are the URL paths of operations. A recording does not hold them, but each operation has one of its own.
type routes map[string]string

func (t routes) add(operation, path string) error {
	if p, ok := t[operation]; ok && p != path {
		return fmt.Errorf("a request for %s goes to another URL path than the one before", operation)
	}
	for o, p := range t {
		if o != operation && p == path { // of one at most
			return fmt.Errorf("a request for %s goes to the URL path of %s", operation, o)
		}
	}
	t[operation] = path
	return nil
}
