// Package privatefile writes files that hold keys.
package privatefile

import (
	"os"
	"path/filepath"
)

// Write writes a file that its owner alone can read, whatever was there before. Nobody finds half of it.
func Write(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".mss-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails, as it should, once the file has its name
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
