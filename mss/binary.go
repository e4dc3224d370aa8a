package mss

import (
	"encoding/binary"
	"errors"
	"time"
)

// encodingVersion leads every binary form; another one is refused.
const encodingVersion = 1

var errEncoding = errors.New("not an encoding of this version, or damaged")

func appendBytes[T string | []byte](b []byte, v T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// appendTime writes milliseconds since 1970; what the wire carries is no finer.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), t.UnixMilli())
}

// reader reads the binary forms. The first error sticks; end reports it.
type reader struct {
	b   []byte
	bad bool
}

func newReader(b []byte) *reader {
	r := &reader{b: b}
	if r.byte() != encodingVersion {
		r.bad = true
	}
	return r
}

func (r *reader) byte() byte {
	if r.bad || len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) bytes() []byte {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 || n > uint64(len(r.b)-size) {
		r.bad = true
		return nil
	}
	v := r.b[size : size+int(n)]
	r.b = r.b[size+int(n):]
	if n == 0 {
		return nil
	}
	return append([]byte(nil), v...)
}

func (r *reader) time() time.Time {
	switch r.byte() {
	case 0:
		return time.Time{}
	case 1:
		ms, size := binary.Varint(r.b)
		if size > 0 {
			r.b = r.b[size:]
			return time.UnixMilli(ms).UTC()
		}
	}
	r.bad = true
	return time.Time{}
}

func (r *reader) end() error {
	if r.bad || len(r.b) != 0 {
		return errEncoding
	}
	return nil
}
