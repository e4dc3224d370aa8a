package xmlwire

import (
	"encoding/base64"
	"errors"
	"strings"
)

var (
	errBool   = errors.New("not a boolean")
	errBase64 = errors.New("not Base64")
	errLong   = errors.New("Base64 of more than 128 KiB")
	errList   = errors.New("a list with too many items")
)

// maxBase64 bounds the text of an xs:base64Binary before it is decoded. The
// largest values are signatures, of at most 64 KiB, with line breaks.
const maxBase64 = 128 << 10

// maxListItems bounds an xs:list; the longest one defined has seven items.
const maxListItems = 256

// ParseBool reads an xs:boolean with white space around it.
func ParseBool(s string) (bool, error) {
	switch TrimSpace(s) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, errBool
}

// strictBase64 refuses set bits after the last octet, which XML Schema part 2,
// 3.2.16 does not allow and which would give one value many spellings.
var strictBase64 = base64.StdEncoding.Strict()

// ParseBase64 reads an xs:base64Binary of at most 128 KiB with white space
// anywhere. The result is not nil if there is no error.
func ParseBase64(s string) ([]byte, error) {
	if len(s) > maxBase64 {
		return nil, errLong
	}
	// The decoder of the standard library itself ignores CR and LF.
	if strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0 {
		s = withoutSpace(s)
	}
	b, err := strictBase64.DecodeString(s)
	if err != nil {
		return nil, errBase64
	}
	return b, nil
}

func withoutSpace(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		i = spaceEnd(s, i)
		begin := i
		for i < len(s) && class[s[i]]&isSpace == 0 {
			i++
		}
		b.WriteString(s[begin:i])
	}
	return b.String()
}

// ParseList splits an xs:list of at most 256 items.
func ParseList(s string) ([]string, error) {
	var items []string
	for i := spaceEnd(s, 0); i < len(s); i = spaceEnd(s, i) {
		begin := i
		for i < len(s) && class[s[i]]&isSpace == 0 {
			i++
		}
		if len(items) == maxListItems {
			return nil, errList
		}
		items = append(items, s[begin:i])
	}
	return items, nil
}
