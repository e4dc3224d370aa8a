package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// readJSON reads a file into v and refuses members that v does not have, and data after the value.
func readJSON(path string, v any) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	if info.Size() > maxFile {
		return fmt.Errorf("scenario: %s: larger than %d octets", path, maxFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("scenario: %s: offset %d: %w", path, offset(data, err), err)
	}
	if end := d.InputOffset(); len(bytes.TrimSpace(data[end:])) > 0 {
		return fmt.Errorf("scenario: %s: offset %d: data after the object", path, end)
	}
	return nil
}

// offset tells where in data an error of encoding/json is. Of an unknown member the package tells only the name, so its
// first occurrence is looked for.
func offset(data []byte, err error) int64 {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return e.Offset
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return e.Offset
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return int64(max(bytes.Index(data, []byte(name)), 0))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return int64(len(data))
	}
	return 0
}
