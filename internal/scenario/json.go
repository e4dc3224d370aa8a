package scenario

import (
	"fmt"
	"os"

	"github.com/gomss/gomss/internal/strictjson"
)

// readJSON reads a file strictly into v: members that v does not have are refused, and members that stand there twice.
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
	if err := strictjson.UnmarshalKnown(data, v); err != nil {
		return fmt.Errorf("scenario: %s: %w", path, err)
	}
	return nil
}
