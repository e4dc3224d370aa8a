package relyingparty

import (
	"io"
	"net/http"
	"strings"

	"github.com/gomss/gomss/mss"
)

// download gives the evidence of a signature out, sealed: it holds personal data, and whoever has the bank's key and
// configuration can have it judged again, today or in ten years.
func (s *Site) download(w http.ResponseWriter, r *http.Request) {
	v := s.sessions.visit(r)
	sig := v.signature(r.PathValue("what"))
	if sig == nil {
		s.problem(w, http.StatusNotFound, "There is no such evidence in this session. Please log in.")
		return
	}
	sealed, err := v.Provider.Keys.Seal(sig.Evidence, mss.NoBinding)
	if err != nil {
		s.log.Error("bank: evidence was not sealed", "error", err)
		s.problem(w, http.StatusInternalServerError, "The evidence cannot be given out.")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+evidenceName(r.PathValue("what"))+`"`)
	io.WriteString(w, sealed)
}

// signature returns one of those of a session, by name.
func (v Visit) signature(name string) *mss.Signature {
	switch {
	case name == "login":
		return v.Login
	case name == "contract" && v.Contract != nil:
		return v.Contract.Signature
	}
	return nil
}

func evidenceName(what string) string { return what + ".evidence" }

// command is the command line that verifies a download; "" where there is none.
func (v Visit) command(what string) string {
	if v.Provider == nil || v.Provider.Verify == nil {
		return ""
	}
	var line strings.Builder
	for _, word := range v.Provider.Verify {
		line.WriteString(quote(word) + " ")
	}
	return line.String() + evidenceName(what)
}

// quote writes a word for a shell.
func quote(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool { return !strings.ContainsRune("/:._-", r) && !isAlnum(r) }) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}
