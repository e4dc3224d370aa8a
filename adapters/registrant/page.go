package registrant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gomss/gomss/internal/strictjson"
)

// maxPages bounds a list: nobody has 100,000 domains.
const maxPages = 1000

// list is a list of the registry's that comes in pages.
type list[T any] struct {
	op     operation
	path   string
	member string // that holds the items where the answer is an object
	query  url.Values
	token  *Token
	read   func(item json.RawMessage) (T, error)
}

// pages asks for a page when the caller has taken what was there before. It ends with a page that is not full. After an
// error nothing follows.
func pages[T any](ctx context.Context, c *Client, l list[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var before json.RawMessage // the first item of the page before
		for page := range maxPages {
			items, first, err := l.fetch(ctx, c, page*c.cfg.PageSize, before)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(items) < c.cfg.PageSize {
				return
			}
			before = first
		}
		yield(none, fmt.Errorf("registrant: %s: the list does not end after %d pages", l.op, maxPages))
	}
}

// fetch asks for one page and returns its items, the first of them also as it came.
func (l *list[T]) fetch(ctx context.Context, c *Client, offset int, before json.RawMessage) ([]T, json.RawMessage, error) {
	q := url.Values{"limit": {strconv.Itoa(c.cfg.PageSize)}, "offset": {strconv.Itoa(offset)}}
	maps.Copy(q, l.query)
	r, err := c.do(ctx, &call{op: l.op, method: http.MethodGet, path: l.path + "?" + q.Encode(), token: l.token})
	if err != nil {
		return nil, nil, err
	}
	items, first, err := l.decode(r.Body, c.cfg.PageSize, before)
	if err != nil {
		return nil, nil, unreadable(l.op, r, err)
	}
	return items, first, nil
}

func (l *list[T]) decode(body []byte, size int, before json.RawMessage) (items []T, first json.RawMessage, err error) {
	raw, err := decodeList(body, l.member)
	switch {
	case err != nil:
		return nil, nil, err
	case len(raw) == 0:
		return nil, nil, nil
	case len(raw) > size:
		return nil, nil, errors.New("more items than were asked for")
	case bytes.Equal(raw[0], before):
		return nil, nil, errors.New("the same page again: the list cannot be read to its end; a larger Config.PageSize may help")
	}
	for _, r := range raw {
		item, err := l.read(r)
		if err != nil {
			return nil, nil, err
		}
		items = append(items, item)
	}
	return items, raw[0], nil
}

// decodeList reads the items of either form: an array, or an object with the array in a member. Which list has which form
// is documented one way and implemented the other.
func decodeList(body []byte, member string) ([]json.RawMessage, error) {
	if err := strictjson.Check(body); err != nil {
		return nil, err
	}
	raw := json.RawMessage(body)
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil {
		raw = object[member]
	}
	var items []json.RawMessage
	if isNull(raw) || json.Unmarshal(raw, &items) != nil {
		return nil, fmt.Errorf("neither an array nor an object with an array named %q", member)
	}
	return items, nil
}

// object asks for one thing, or changes it, and has the answer read.
func object[T any](ctx context.Context, c *Client, q *call, read func(json.RawMessage) (T, error)) (T, error) {
	r, err := c.do(ctx, q)
	if err != nil {
		var none T
		return none, err
	}
	v, err := read(r.Body)
	if err != nil {
		return v, unreadable(q.op, r, err)
	}
	return v, nil
}
