package transport

import (
	"bytes"
	"errors"
	"io"
)

// firstChunk is what is read at first of a body whose length the server does not announce.
const firstChunk = 8 << 10

var errTooLong = errors.New("transport: the answer's body is longer than Config.MaxBody")

// readBody reads r to its end, at most limit octets; length is the announced one, -1 if there is none. With an error
// comes what was read before it, except of a body that is too long.
//
// Of an endless body it allocates limit octets, no more: io.ReadAll and bytes.Buffer copy what they have again and again.
func readBody(r io.Reader, length, limit int64) ([]byte, error) {
	if length > limit {
		return nil, errTooLong
	}
	size := min(firstChunk, limit+1)
	if length >= 0 {
		size = length + 1 // one more to see the end, without which the connection cannot be used again
	}
	var (
		full  [][]byte
		total int64
		chunk = make([]byte, 0, size)
	)
	for {
		n, err := r.Read(chunk[len(chunk):cap(chunk)])
		chunk = chunk[:len(chunk)+n]
		if total += int64(n); total > limit {
			return nil, errTooLong
		}
		if err != nil {
			if len(full) > 0 {
				chunk = bytes.Join(append(full, chunk), nil)
			}
			if err == io.EOF {
				err = nil
			}
			return chunk, err
		}
		if len(chunk) == cap(chunk) {
			full = append(full, chunk)
			chunk = make([]byte, 0, min(2*int64(cap(chunk)), limit+1-total))
		}
	}
}
