package xmlwire

// Name is an expanded name: a namespace name, empty for none, and a local part.
type Name struct{ Space, Local string }

// Attr is one attribute with its value as the application sees it, that is with
// references expanded.
type Attr struct {
	Name  Name
	Value string
}

// Binding is one namespace declaration in force. Prefix is empty for the
// default namespace; Space is empty where xmlns="" took the default away.
type Binding struct{ Prefix, Space string }

// Raw is an element kept as it was received (xs:any).
type Raw struct {
	Name  Name
	XML   string    // the element's octets, from its start tag to its end tag
	Scope []Binding // declarations in force just outside the element; shared, not to be changed
}

// Limits bound a document before and while it is read. A zero field stands for
// the default.
type Limits struct {
	Bytes  int // octets of the document; default 1 MiB
	Depth  int // open elements; default 32
	Tokens int // start tags, end tags and texts; default 20,000
	Attrs  int // attributes of one element, declarations included; default 32
}

const (
	defaultBytes  = 1 << 20
	defaultDepth  = 32
	defaultTokens = 20000
	defaultAttrs  = 32

	// maxBindings bounds the declarations in force at one point, because every
	// prefix is looked up among them. Genuine answers have at most ten.
	maxBindings = 64

	// maxScopes bounds the declarations that all Raw.Scope of a document hold
	// together, a scope that several share counted once. A genuine answer has
	// a handful of scopes of at most ten.
	maxScopes = 1 << 14
)

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.Bytes, defaultBytes}, {&l.Depth, defaultDepth},
		{&l.Tokens, defaultTokens}, {&l.Attrs, defaultAttrs},
	} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	return l
}

// Kind says what [Decoder.Next] found.
type Kind uint8

// The kinds of token. White space between elements is Text like any other.
const (
	EOF Kind = iota
	Start
	End
	Text
)

// Namespace names that the Namespaces recommendation itself defines (section 3).
const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)
