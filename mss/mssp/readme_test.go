package mssp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readmeFrame makes a program of the README's first example, which is the body of a function.
const readmeFrame = `package main

import (
	"context"
	"crypto/x509"
	"fmt"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport"
)

func login(ctx context.Context, identity *transport.Identity, tlsRoots []*x509.Certificate, anchors *mss.Anchors, number mss.MSISDN) error {
EXAMPLE
	fmt.Println(sig.Signer.ID, sig.Asserted.Profile)
	return nil
}

func main() { _ = login }
`

// TestReadmeCompiles builds the README's first example.
func TestReadmeCompiles(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(readme), "```go\n")
	require.True(t, ok, "the README has an example")
	example, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	file := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(readmeFrame, "EXAMPLE", example, 1)), 0o600))
	cmd := exec.Command("go", "build", "-o", os.DevNull, file)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
