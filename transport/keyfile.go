package transport

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"software.sslmate.com/src/go-pkcs12"
)

// maxKeyFile bounds a certificate or key file.
const maxKeyFile = 1 << 20

func readPEM(certFile, keyFile string) (*identityState, error) {
	cert, _, err := readFile(certFile)
	if err != nil {
		return nil, err
	}
	key, open, err := readFile(keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := parsePEM(cert, key)
	return newState(pair, err, keyFile, open)
}

func readPKCS12(file, password string) (*identityState, error) {
	data, open, err := readFile(file)
	if err != nil {
		return nil, err
	}
	pair, err := parsePKCS12(data, password)
	return newState(pair, err, file, open)
}

func newState(pair *tls.Certificate, err error, keyFile string, open bool) (*identityState, error) {
	if err != nil {
		return nil, err
	}
	state := &identityState{cert: pair}
	if open {
		state.openFile = keyFile
	}
	return state, nil
}

// readFile returns a file's content and whether everybody may read it.
func readFile(name string) (data []byte, open bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, false, fmt.Errorf("transport: client certificate: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	}
	if err == nil && len(data) > maxKeyFile {
		err = errors.New("file is larger than 1 MiB")
	}
	if err != nil {
		return nil, false, fmt.Errorf("transport: client certificate: %w", err)
	}
	// On Windows the mode's bits do not tell who may read.
	return data, runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0, nil
}

// leafOnly returns a pair without the chain, all of which crypto/tls would send.
func leafOnly(pair *tls.Certificate) *tls.Certificate {
	if pair == nil {
		return nil
	}
	alone := *pair
	alone.Certificate = pair.Certificate[:1:1]
	return &alone
}

// maxChain bounds the certificates behind the client's own.
const maxChain = 8

// chainOf returns leaf and the certificates that lead from it towards a root, in the order of RFC 8446 4.4.2. A root is left
// out, as is what leads nowhere.
func chainOf(leaf *x509.Certificate, others []*x509.Certificate) [][]byte {
	chain := [][]byte{leaf.Raw}
	for at := leaf; len(chain) <= maxChain; {
		i := slices.IndexFunc(others, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, at.RawIssuer) && !bytes.Equal(c.RawSubject, c.RawIssuer)
		})
		if i < 0 {
			break
		}
		at = others[i]
		chain = append(chain, at.Raw)
	}
	return chain
}

// parsePEM returns the pair with the certificates of the file, the key's first.
func parsePEM(cert, key []byte) (*tls.Certificate, error) {
	if bytes.Contains(key, []byte("ENCRYPTED")) {
		return nil, errors.New("transport: client certificate: the key is encrypted: decrypt it with `openssl pkey`, or " +
			"use a PKCS #12 file")
	}
	// X509KeyPair compares the key with the first certificate.
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("transport: client certificate: %w (the certificate of the key comes first in the file)", err)
	}
	if err := usable(pair.Leaf); err != nil {
		return nil, err
	}
	var others []*x509.Certificate
	for _, der := range pair.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil { // one that cannot be read leads nowhere
			others = append(others, c)
		}
	}
	pair.Certificate = chainOf(pair.Leaf, others)
	return &pair, nil
}

// parsePKCS12 returns the pair with the certificate that belongs to the key first, in whichever place it is.
func parsePKCS12(data []byte, password string) (*tls.Certificate, error) {
	key, first, others, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return nil, fmt.Errorf("transport: client certificate: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("transport: client certificate: the key in the PKCS #12 file cannot sign")
	}
	all := append([]*x509.Certificate{first}, others...)
	for _, cert := range all {
		if !matches(signer, cert) {
			continue
		}
		if err := usable(cert); err != nil {
			return nil, err
		}
		return &tls.Certificate{Certificate: chainOf(cert, all), PrivateKey: key, Leaf: cert}, nil
	}
	return nil, errors.New("transport: client certificate: no certificate in the PKCS #12 file belongs to its key")
}

func matches(signer crypto.Signer, cert *x509.Certificate) bool {
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(cert.PublicKey)
}
