package xmlwire

import (
	"errors"
	"time"
)

// DateTime is an xs:dateTime of the years 1 to 9999. NoZone tells that it was
// written without a zone; Time then has its digits in UTC.
type DateTime struct {
	Time   time.Time
	NoZone bool
}

var errDateTime = errors.New("not a date and time")

// String writes milliseconds, and nanoseconds only where Time has them.
func (t DateTime) String() string {
	layout := "2006-01-02T15:04:05.000"
	if t.Time.Nanosecond()%int(time.Millisecond) != 0 {
		layout = "2006-01-02T15:04:05.000000000"
	}
	if !t.NoZone {
		layout += "Z07:00"
	}
	return t.Time.Format(layout)
}

// ParseDateTime reads an xs:dateTime with white space around it. Digits after
// the nanoseconds are dropped. 24:00:00 is the midnight that ends the day; leap
// seconds do not exist (XML Schema part 2, 3.2.7).
func ParseDateTime(s string) (DateTime, error) {
	f := fields{rest: TrimSpace(s)}
	year := f.number(4)
	f.literal('-')
	month := f.number(2)
	f.literal('-')
	day := f.number(2)
	f.literal('T')
	hour := f.number(2)
	f.literal(':')
	minute := f.number(2)
	f.literal(':')
	second := f.number(2)
	nanos := f.fraction()
	zone := f.zone()
	end := hour == 24 && minute == 0 && second == 0 && nanos == 0
	if f.bad || f.rest != "" || hour > 23 && !end || minute > 59 || second > 59 {
		return DateTime{}, errDateTime
	}
	// time.Date makes 2 March of 30 February, so a wrong day shows in the month.
	if t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC); int(t.Month()) != month {
		return DateTime{}, errDateTime
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if zone != nil {
		t = time.Date(year, time.Month(month), day, hour, minute, second, nanos, zone)
	}
	// Neither what String prints nor the instant in UTC may leave the range.
	if t.Year() > 9999 || t.UTC().Year() > 9999 || t.UTC().Year() < 1 {
		return DateTime{}, errDateTime
	}
	return DateTime{Time: t, NoZone: zone == nil}, nil
}

// fields takes a fixed format apart, remembering a misfit until the end.
type fields struct {
	rest string
	bad  bool
}

func (f *fields) number(digits int) int {
	if len(f.rest) < digits {
		f.bad = true
		return 0
	}
	n := 0
	for i := range digits {
		c := f.rest[i]
		if c < '0' || c > '9' {
			f.bad = true
		}
		n = n*10 + int(c-'0')
	}
	f.rest = f.rest[digits:]
	return n
}

func (f *fields) literal(c byte) {
	if f.rest == "" || f.rest[0] != c {
		f.bad = true
		return
	}
	f.rest = f.rest[1:]
}

// fraction reads the optional fraction of a second as nanoseconds.
func (f *fields) fraction() int {
	if f.rest == "" || f.rest[0] != '.' {
		return 0
	}
	n, unit, i := 0, int(100*time.Millisecond), 1
	for ; i < len(f.rest) && '0' <= f.rest[i] && f.rest[i] <= '9'; i++ {
		n += int(f.rest[i]-'0') * unit
		unit /= 10
	}
	f.bad = f.bad || i == 1
	f.rest = f.rest[i:]
	return n
}

// zone reads the optional zone: "Z" or up to 14 hours from UTC.
func (f *fields) zone() *time.Location {
	if f.rest == "" {
		return nil
	}
	sign := f.rest[0]
	f.rest = f.rest[1:]
	if sign == 'Z' {
		return time.UTC
	}
	hours := f.number(2)
	f.literal(':')
	minutes := f.number(2)
	if sign != '+' && sign != '-' || minutes > 59 || hours*60+minutes > 14*60 {
		f.bad = true
		return time.UTC
	}
	offset := (hours*60 + minutes) * 60
	switch {
	case offset == 0:
		return time.UTC
	case sign == '-':
		offset = -offset
	}
	return time.FixedZone("", offset) // whole hours are shared, not allocated
}
