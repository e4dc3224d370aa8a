package msstest

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
)

// triplet is what may come once only: the service refuses a request that is played to it again.
type triplet struct {
	apID, transID string
	instant       int64 // nanoseconds since 1970
}

// version is that of the interface to an operation.
type version struct{ major, minor int }

// admit checks what all messages have in common.
func (s *Server) admit(m *etsi.MessageAbstract, versions []version) *etsi.Fault {
	info, now := &m.APInfo, time.Now()
	switch {
	case info.APID != s.options.APID:
		return refuse(mss.UnauthorizedAccess)
	case !isVersion(m, versions):
		return refuse(mss.IncompatibleInterface)
	case !isNCName(info.APTransID):
		return refuse(mss.WrongParam, "AP_TransID is no NCName")
	case info.Instant.NoZone:
		return refuse(mss.WrongParam, "Instant has no time zone")
	case info.Instant.Time.Sub(now).Abs() > s.options.ClockTolerance:
		return refuse(mss.WrongParam, "Instant is too far from the time of the service")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := triplet{s.options.APID, strings.Clone(info.APTransID), info.Instant.Time.UnixNano()}
	if _, seen := s.triplets.get(t, now); seen {
		return refuse(mss.WrongParam, "AP_ID, AP_TransID and Instant were used before")
	}
	// Once the Instant is out of tolerance it needs no remembering.
	s.triplets.put(t, struct{}{}, now, info.Instant.Time.Add(s.options.ClockTolerance+time.Second))
	return nil
}

func isVersion(m *etsi.MessageAbstract, versions []version) bool {
	return slices.ContainsFunc(versions, func(v version) bool {
		return m.MajorVersion == xmlwire.IntegerOf(v.major) && m.MinorVersion == xmlwire.IntegerOf(v.minor)
	})
}

// isNCName checks the characters of an XML name without colon (Namespaces in XML, 3), combining marks left out.
func isNCName(s string) bool {
	for i, r := range s {
		letter := r == '_' || unicode.IsLetter(r)
		inner := r == '-' || r == '.' || unicode.IsDigit(r)
		if !letter && (i == 0 || !inner) {
			return false
		}
	}
	return s != ""
}
