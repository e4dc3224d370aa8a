package mssp_test

import (
	"crypto"
	"errors"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// TestDataOfOtherKinds has data that is neither plain text nor a transaction approval, though its octets would do.
func TestDataOfOtherKinds(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, nil)
	for name, change := range map[string]func(*mss.Data){
		"hash":         func(d *mss.Data) { d.Hash = crypto.SHA256 },
		"HTML":         func(d *mss.Data) { d.MimeType = "text/html" },
		"no type":      func(d *mss.Data) { d.MimeType = "" },
		"type in caps": func(d *mss.Data) { d.MimeType = "TEXT/PLAIN" },
		"parameter":    func(d *mss.Data) { d.MimeType = "application/vnd.mobileid.txn-approval;v=1" },
		"Latin 1":      func(d *mss.Data) { d.Encoding = "ISO-8859-1" },
		"no encoding":  func(d *mss.Data) { d.Encoding = "" },
	} {
		data := mss.Text(srv.Prefix() + "pay?")
		change(&data)
		req := request(t, srv, person)
		req.Display, req.Data = "", data
		_, err := c.SignSync(t.Context(), req)
		re, ok := errors.AsType[*mss.RequestError](err)
		require.True(t, ok, "%s: %v", name, err)
		require.Equal(t, "Data", re.Field)
		require.Contains(t, re.Reason, "mss.Text")
	}
	require.Empty(t, srv.Requests(), "nothing was sent")
}
