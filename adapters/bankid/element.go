package bankid

import (
	"errors"
	"slices"
	"strings"
)

// is checks namespace, name and attributes, which must be just these in this order.
func (e *element) is(space, name string, attributes ...attribute) error {
	same := slices.EqualFunc(e.attributes, attributes, func(a, want attribute) bool {
		return a == want || want == anyAlgorithm && a.name == want.name
	})
	if e.space != space || e.name != name || !same {
		return errors.New("there is another element than " + name + ", or it has other attributes")
	}
	return nil
}

// take checks the element with is and returns its children, which must have these names in this order and its namespace but
// where they declare another.
func (e *element) take(space, name string, attributes []attribute, children ...string) ([]*element, error) {
	if err := e.is(space, name, attributes...); err != nil {
		return nil, err
	}
	if !slices.EqualFunc(e.children, children, func(c *element, want string) bool { return c.name == want }) {
		return nil, errors.New(name + " has not the elements in it that it has in BankID's signatures")
	}
	return e.children, nil
}

// leaf checks an element of the signature's namespace that is empty.
func (e *element) leaf(attributes ...attribute) error {
	if e.text != "" || len(e.children) > 0 {
		return errors.New(e.name + " is not empty")
	}
	return e.is(namespaceDSig, e.name, attributes...)
}

// octets checks an element of the signature's namespace that is nothing but Base64, and decodes it.
func (e *element) octets() ([]byte, error) {
	if len(e.children) > 0 {
		return nil, errors.New(e.name + " has elements in it")
	}
	if err := e.is(namespaceDSig, e.name); err != nil {
		return nil, err
	}
	b, err := decodeBase64(e.text)
	if err != nil {
		return nil, errors.New(e.name + " is not Base64")
	}
	return b, nil
}

// checkUnmarked refuses an Id or a namespace of its own on anything below the element: BankID adds elements there as time goes
// by, none of which may be what a reference or another reader could mean.
func (e *element) checkUnmarked() error {
	for _, c := range e.children {
		for _, a := range c.attributes {
			if a.name == "xmlns" || strings.EqualFold(a.name, "Id") {
				return errors.New("within " + e.name + " is an Id, or another namespace")
			}
		}
		if err := c.checkUnmarked(); err != nil {
			return err
		}
	}
	return nil
}
