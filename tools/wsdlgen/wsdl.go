package main

import (
	"github.com/beevik/etree"
)

// wsdl is a WSDL 1.1 document with one SOAP 1.2 rpc/literal binding for each
// port type.
type wsdl struct {
	*loader
	root      *etree.Element
	target    string
	messages  map[string]*etree.Element
	portTypes map[string]*etree.Element
	bindings  []*etree.Element
}

// readWSDL sorts the children of the document and loads its schemas.
func readWSDL(l *loader, file string) (*wsdl, error) {
	root, err := l.read(file, nil)
	if err != nil {
		return nil, err
	}
	if nameOf(root) != (qname{spaceWSDL, "definitions"}) {
		return nil, l.errorf(root, "%s is not a WSDL 1.1 document", root.Tag)
	}
	if err := l.allow(root, "name", "targetNamespace"); err != nil {
		return nil, err
	}
	w := &wsdl{
		loader: l, root: root, target: attributeOr(root, "targetNamespace", ""),
		messages: map[string]*etree.Element{}, portTypes: map[string]*etree.Element{},
	}
	if l.overlay.namespace(w.target) == nil {
		return nil, l.errorf(root, "namespace %q is not listed in the overlay", w.target)
	}
	children, err := l.children(root, spaceWSDL)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		if err := w.section(c, file); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *wsdl) section(el *etree.Element, file string) error {
	switch el.Tag {
	case "types":
		schemas, err := w.children(el, spaceSchema)
		if err != nil {
			return err
		}
		for _, s := range schemas {
			if err := w.schema(s, file); err != nil {
				return err
			}
		}
		return nil
	case "message":
		return w.named(el, w.messages)
	case "portType":
		return w.named(el, w.portTypes)
	case "binding":
		w.bindings = append(w.bindings, el)
		return nil
	case "service":
		return nil // where the service is, is configuration
	}
	return w.unknown(el)
}

func (w *wsdl) named(el *etree.Element, into map[string]*etree.Element) error {
	name := attributeOr(el, "name", "")
	if name == "" || into[name] != nil {
		return w.errorf(el, "the name of the %s is missing or taken", el.Tag)
	}
	into[name] = el
	return w.allow(el, "name")
}

// operations reads the bindings, in the order of the document.
func (w *wsdl) operations(r *resolver) ([]*operation, error) {
	var list []*operation
	seen := map[string]bool{}
	for _, b := range w.bindings {
		if err := w.allow(b, "name", "type"); err != nil {
			return nil, err
		}
		name, err := w.resolve(b, attributeOr(b, "type", ""))
		if err != nil {
			return nil, err
		}
		portType := w.portTypes[name.local]
		if portType == nil || name.space != w.target {
			return nil, w.errorf(b, "port type %s is not declared", name.local)
		}
		for _, c := range b.ChildElements() {
			switch nameOf(c) {
			case qname{spaceWSDL, "operation"}:
				op, err := w.operation(r, c, portType)
				if err != nil {
					return nil, err
				}
				if seen[op.goName] {
					return nil, w.errorf(c, "operation %s is bound twice", op.name)
				}
				seen[op.goName] = true
				if err := r.claim(op.goName, w.at[c]); err != nil {
					return nil, err
				}
				list = append(list, op)
			case qname{spaceSOAP12, "binding"}:
				err = w.style(c)
			case qname{spaceWSDL, "documentation"}:
			default:
				err = w.unknown(c)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if len(list) == 0 {
		return nil, w.errorf(w.root, "no operation is bound")
	}
	return list, nil
}

func (w *wsdl) style(el *etree.Element) error {
	if attributeOr(el, "style", "document") != "rpc" || attributeOr(el, "transport", "") != transportURI {
		return w.errorf(el, "the binding is not rpc style over HTTP")
	}
	return w.allow(el, "style", "transport")
}

// operation joins an operation of a binding with that of its port type.
func (w *wsdl) operation(r *resolver, bound, portType *etree.Element) (*operation, error) {
	op := &operation{name: attributeOr(bound, "name", "")}
	op.goName = "Op" + exported(op.name, false)
	abstract, err := w.abstract(op.name, bound, portType)
	if err != nil {
		return nil, err
	}
	op.doc = documentation(abstract)
	for _, c := range bound.ChildElements() {
		var err error
		switch nameOf(c) {
		case qname{spaceWSDL, "input"}:
			op.requestPart, op.request, err = w.part(r, abstract, c)
		case qname{spaceWSDL, "output"}:
			op.responsePart, op.response, err = w.part(r, abstract, c)
		case qname{spaceSOAP12, "operation"}:
			err = w.soapOperation(c)
		case qname{spaceWSDL, "documentation"}:
		default:
			err = w.unknown(c)
		}
		if err != nil {
			return nil, err
		}
	}
	if op.request == nil || op.response == nil {
		return nil, w.errorf(bound, "operation %s needs an input and an output", op.name)
	}
	return op, nil
}

// abstract finds the operation of a port type. It has an input and an output;
// faults are not declared, because every SOAP fault is possible.
func (w *wsdl) abstract(name string, bound, portType *etree.Element) (*etree.Element, error) {
	for _, el := range portType.ChildElements() {
		if nameOf(el) != (qname{spaceWSDL, "operation"}) || attributeOr(el, "name", "") != name || !isASCIIName(name) {
			continue
		}
		directions, err := w.children(el, spaceWSDL)
		if err != nil {
			return nil, err
		}
		for _, c := range directions {
			if c.Tag != "input" && c.Tag != "output" {
				return nil, w.unknown(c)
			}
		}
		return el, nil
	}
	return nil, w.errorf(bound, "operation %s is not declared by its port type", name)
}

// soapOperation checks that nothing but the body names the operation.
func (w *wsdl) soapOperation(el *etree.Element) error {
	action := attributeOr(el, "soapAction", "")
	if attributeOr(el, "style", "rpc") != "rpc" || action != "" && attributeOr(el, "soapActionRequired", "true") != "false" {
		return w.errorf(el, "the operation is not rpc style or requires a SOAPAction")
	}
	return w.allow(el, "style", "soapAction", "soapActionRequired")
}

// part finds the one part of a message and its type.
func (w *wsdl) part(r *resolver, abstract, bound *etree.Element) (string, *typ, error) {
	if err := w.body(bound); err != nil {
		return "", nil, err
	}
	message, err := w.message(abstract, bound)
	if err != nil {
		return "", nil, err
	}
	parts, err := w.children(message, spaceWSDL)
	if err != nil {
		return "", nil, err
	}
	if len(parts) != 1 || parts[0].Tag != "part" {
		return "", nil, w.errorf(message, "a message has exactly one part")
	}
	ref, ok := attribute(parts[0], "type")
	if !ok {
		return "", nil, w.errorf(parts[0], "the part of an rpc message names a type")
	}
	v, err := r.typeNamed(parts[0], ref)
	if err != nil {
		return "", nil, err
	}
	if v.kind != kindComplex || v.typ.abstract {
		return "", nil, w.errorf(parts[0], "%s is not the type of a message", ref)
	}
	name := attributeOr(parts[0], "name", "")
	if !isASCIIName(name) {
		return "", nil, w.errorf(parts[0], "the name of the part is missing or not an ASCII name")
	}
	return name, v.typ, w.allow(parts[0], "name", "type")
}

// body checks that an input or output is a literal body and nothing else.
func (w *wsdl) body(bound *etree.Element) error {
	for _, body := range bound.ChildElements() {
		if nameOf(body) != (qname{spaceSOAP12, "body"}) {
			return w.unknown(body)
		}
		if attributeOr(body, "use", "") != "literal" {
			return w.errorf(body, "the body is not literal")
		}
		if attributeOr(body, "namespace", w.target) != w.target {
			return w.errorf(body, "a wrapper outside the target namespace is not supported")
		}
		if err := w.allow(body, "use", "parts", "namespace"); err != nil {
			return err
		}
	}
	return nil
}

// message finds the message of an input or output in the port type.
func (w *wsdl) message(abstract, bound *etree.Element) (*etree.Element, error) {
	for _, direction := range abstract.ChildElements() {
		if nameOf(direction) != (qname{spaceWSDL, bound.Tag}) {
			continue
		}
		name, err := w.resolve(direction, attributeOr(direction, "message", ""))
		if err != nil {
			return nil, err
		}
		message := w.messages[name.local]
		if message == nil || name.space != w.target {
			return nil, w.errorf(direction, "message %s is not declared", name.local)
		}
		return message, nil
	}
	return nil, w.errorf(bound, "the port type has no such %s", bound.Tag)
}
