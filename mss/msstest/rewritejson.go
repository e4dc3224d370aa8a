package msstest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

const unknownJSON = `{"Version":"2","Notes":["new",null]}`

// rewriteJSON says the same with another order of members, other blanks and escapes, and adds a member that no schema has
// to the message.
func rewriteJSON(body []byte, l *layout) ([]byte, error) {
	w := jsonWriter{layout: l}
	err := w.value(body, 0)
	return w.out.Bytes(), err
}

// jsonWriter writes values again.
type jsonWriter struct {
	out bytes.Buffer
	*layout
}

// messageDepth is where the message is, inside the object with its name.
const messageDepth = 1

func (w *jsonWriter) value(raw json.RawMessage, depth int) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case bytes.HasPrefix(raw, []byte("{")):
		return w.object(raw, depth)
	case bytes.HasPrefix(raw, []byte("[")):
		return w.array(raw, depth)
	}
	var text string
	if w.rewrite && json.Unmarshal(raw, &text) == nil {
		raw = bytes.ReplaceAll(compact(text), []byte("/"), []byte(`\/`)) // as some writers do
	}
	w.out.Write(raw)
	return nil
}

func (w *jsonWriter) object(raw json.RawMessage, depth int) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	if w.unknown && depth == messageDepth {
		members["Extension"] = json.RawMessage(unknownJSON)
	}
	names := slices.Sorted(maps.Keys(members))
	if w.rewrite {
		w.rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	}
	w.out.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.blank()
		w.out.Write(compact(name))
		w.out.WriteByte(':')
		w.blank()
		if err := w.value(members[name], depth+1); err != nil {
			return err
		}
	}
	w.out.WriteByte('}')
	return nil
}

// array keeps the order, which means something.
func (w *jsonWriter) array(raw json.RawMessage, depth int) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return err
	}
	w.out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.blank()
		if err := w.value(item, depth+1); err != nil {
			return err
		}
	}
	w.out.WriteByte(']')
	return nil
}

func (w *jsonWriter) blank() {
	if w.rewrite {
		w.out.WriteString([]string{"", " ", "\r\n\t"}[w.rand.IntN(3)])
	}
}
