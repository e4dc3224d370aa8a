package mss

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	maxCertificateFile  = 1 << 20
	maxCertificateFiles = 256 // of one directory
)

// LoadCertificates reads all certificates from files (PEM, any number; or DER, one) and directories (every file ending in
// .pem, .crt, .cer or .der, not below). A path without a certificate is an error, and so is a file over 1 MiB or a PEM
// block that is no certificate: a private key does not belong there.
func LoadCertificates(paths ...string) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for _, path := range paths {
		certs, _, err := loadPath(path)
		if err != nil {
			return nil, err
		}
		all = append(all, certs...)
	}
	return all, nil
}

func loadPath(path string) (certs []*x509.Certificate, isDir bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, fmt.Errorf("mss: certificates: %w", err)
	}
	if !info.IsDir() {
		certs, err = loadFile(path)
		return certs, false, err
	}
	certs, err = loadDir(path)
	return certs, true, err
}

func loadDir(dir string) ([]*x509.Certificate, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("mss: certificates: %w", err)
	}
	if len(entries) > maxCertificateFiles {
		return nil, fmt.Errorf("mss: certificates: %s holds over %d files", dir, maxCertificateFiles)
	}
	var all []*x509.Certificate
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".pem", ".crt", ".cer", ".der":
		default:
			continue
		}
		certs, err := loadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, certs...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("mss: certificates: %s holds no .pem, .crt, .cer or .der file", dir)
	}
	return all, nil
}

func loadFile(path string) ([]*x509.Certificate, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("mss: certificates: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCertificateFile+1))
	if err != nil {
		return nil, fmt.Errorf("mss: certificates: %w", err)
	}
	if len(data) > maxCertificateFile {
		return nil, fmt.Errorf("mss: certificates: %s is larger than 1 MiB", path)
	}
	certs, err := ParseCertificates(data)
	if err != nil {
		return nil, fmt.Errorf("mss: certificates: %s: %w", path, err)
	}
	return certs, nil
}

// ParseCertificates reads PEM with any number of certificates, or one certificate in DER.
func ParseCertificates(data []byte) ([]*x509.Certificate, error) {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		c, err := x509.ParseCertificate(data)
		if err != nil {
			return nil, errors.New("neither PEM nor a DER certificate")
		}
		return []*x509.Certificate{c}, nil
	}
	var certs []*x509.Certificate
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("holds a PEM block of type %q; only certificates belong here", block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be parsed: %w", len(certs)+1, err)
		}
		certs = append(certs, c)
		data = rest
	}
	if len(certs) == 0 {
		return nil, errors.New("holds no complete PEM certificate")
	}
	return certs, nil
}
