package replay

import "mime"

// form is one of the two forms in which messages travel.
type form struct {
	name        string // for errors
	extension   string // of its files
	contentType string // of answers, where nothing else is said

	isMedia func(media string) bool
	parse   func(doc []byte) (*node, error)
	encode  func(root *node) ([]byte, error)
	escape  func(value string) string // for any place that a value can stand in
}

var (
	xmlForm = &form{
		name: "XML", extension: ".xml", contentType: "application/soap+xml;charset=utf-8",
		isMedia: isXML, parse: parseXML, encode: encodeXML, escape: escapeXML,
	}
	jsonForm = &form{
		name: "JSON", extension: ".json", contentType: "application/json;charset=UTF-8",
		isMedia: isJSON, parse: parseJSON, encode: encodeJSON, escape: escapeJSON,
	}
)

// formOf returns the form that a content type is one of: XML where it is none.
func formOf(contentType string) *form {
	if jsonForm.accepts(contentType) {
		return jsonForm
	}
	return xmlForm
}

func (f *form) accepts(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && f.isMedia(media)
}
