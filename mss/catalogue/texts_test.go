package catalogue_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/stretchr/testify/require"
)

var languages = []string{"en", "de", "fr", "it"}

// declared returns the values of the constants that a source file declares with a type, by name. The file must give each
// constant its type and an integer literal.
func declared(t *testing.T, file, typeName string) map[string]int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	found := map[string]int{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typeName {
			return true
		}
		require.Len(t, spec.Values, len(spec.Names), "%s: %v", file, spec.Names)
		for i, name := range spec.Names {
			value, sign := spec.Values[i], int64(1)
			if minus, ok := value.(*ast.UnaryExpr); ok && minus.Op == token.SUB {
				value, sign = minus.X, -1
			}
			lit, ok := value.(*ast.BasicLit)
			require.True(t, ok, "%s: %s has no literal", file, name.Name)
			n, exact := constant.Int64Val(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
			require.True(t, exact, name.Name)
			found[name.Name] = int(sign * n)
		}
		return true
	})
	return found
}

// TestEveryCodeHasTexts fails when a code is added to package mss without its texts.
func TestEveryCodeHasTexts(t *testing.T) {
	t.Parallel()
	codes := declared(t, "../code.go", "Code")
	require.Greater(t, len(codes), 50)
	require.Equal(t, int(mss.UserCancel), codes["UserCancel"], "the source is read as the compiler reads it")
	c := catalogue.Default()
	for name, n := range codes {
		key := strconv.Itoa(n)
		for _, language := range languages {
			require.NotEmpty(t, c[key].Person[language], "%s (%d) in %s", name, n, language)
		}
		require.Equal(t, mss.Code(n).Advice(), c[key].Operator, name)
		require.Equal(t, key, catalogue.Key(&mss.Fault{Code: mss.Code(n)}), name)
	}
}

// geofencingCodes are those of the operator's documentation.
var geofencingCodes = []int{100, 101, 102, 103, 104, 105, 106, 120, 121, 122, 123, 200, 201}

// TestEveryGeofencingCodeHasTexts fails when a code is added to package mssp without its texts. Codes below zero are that
// package's own and have no number in their key.
func TestEveryGeofencingCodeHasTexts(t *testing.T) {
	t.Parallel()
	var codes []int
	for _, n := range declared(t, "../mssp/geofencingcode.go", "GeofencingCode") {
		if n > 0 {
			codes = append(codes, n)
		}
	}
	require.ElementsMatch(t, geofencingCodes, codes)
}

// TestNoEntryIsLeftOver lists all keys, so that one which nothing can lead to shows.
func TestNoEntryIsLeftOver(t *testing.T) {
	t.Parallel()
	var want []string
	for _, n := range declared(t, "../code.go", "Code") {
		want = append(want, strconv.Itoa(n))
	}
	for _, n := range geofencingCodes {
		want = append(want, fmt.Sprintf("geofencing.%d", n))
	}
	want = append(want, "geofencing", "401.superseded", "refused", "refused.User", "refused.User.MSISDN", "refused.Config.MaxOutstanding",
		"transport", "unknown-outcome", "not-verified", "canceled", "account.changed", "account.not-enrolled", "other")
	require.ElementsMatch(t, want, slices.Collect(maps.Keys(catalogue.Default())))
}

func TestTextsAreFitForAPage(t *testing.T) {
	t.Parallel()
	for key, entry := range catalogue.Default() {
		require.Len(t, entry.Person, len(languages), key)
		for _, language := range languages {
			text := entry.Person[language]
			where := key + " " + language
			require.NotEmpty(t, text, where)
			require.NoError(t, legible.Check(text), where) // UTF-8, NFC, nothing invisible
			require.LessOrEqual(t, utf8.RuneCountInString(text), 160, where)
			require.True(t, strings.HasSuffix(text, "."), where)
			require.NotContains(t, text, "  ", where)
			require.False(t, strings.ContainsAny(text, "<>&%{}[]()\"'`\n!?"), "%s: markup, a placeholder or a tone: %s", where, text)
			digits := strings.ContainsAny(strings.ReplaceAll(text, "+41", ""), "0123456789")
			require.False(t, digits, "%s: a code: %s", where, text)
		}
		require.NotEmpty(t, entry.Operator, key)
	}
}

// TestSpelling holds the conventions of Switzerland: no ß, and nobody is addressed as du, tu.
func TestSpelling(t *testing.T) {
	t.Parallel()
	familiar := map[string][]string{
		"de": {"du", "dich", "dir", "dein", "deine", "deinem", "deinen", "deiner", "ihre", "ihrem", "ihren"},
		"fr": {"tu", "te", "toi", "ton", "ta", "tes", "réessaie", "vérifie"},
		"it": {"tu", "ti", "te", "tuo", "tua", "tuoi", "tue", "riprova", "verifica", "suo", "sua"},
	}
	for key, entry := range catalogue.Default() {
		require.NotContains(t, entry.Person["de"], "ß", key)
		for language, words := range familiar {
			text := entry.Person[language]
			for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
				require.NotContains(t, words, word, "%s: %s", key, text) // in lower case: Ihre and Suo are polite
			}
		}
	}
}

// TestSharedTextsAreShared finds a text that was copied into another entry: two entries have all languages in common, or
// none.
func TestSharedTextsAreShared(t *testing.T) {
	t.Parallel()
	c := catalogue.Default()
	keys := slices.Sorted(maps.Keys(c))
	distinct := map[string]bool{}
	for i, a := range keys {
		distinct[c[a].Person["en"]] = true
		for _, b := range keys[i+1:] {
			same := 0
			for _, language := range languages {
				if c[a].Person[language] == c[b].Person[language] {
					same++
				}
			}
			require.True(t, same == 0 || same == len(languages), "%s and %s share %d languages", a, b, same)
		}
		texts := slices.Collect(maps.Values(c[a].Person))
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(texts))), len(languages), "%s: the same text in two languages", a)
	}
	for _, pair := range [][2]string{
		{"401", "208"}, {"401", "4011"}, {"402", "403"}, {"403", "404"}, {"404", "105"}, {"406", "208"}, {"transport", "unknown-outcome"},
		{"geofencing.100", "geofencing.105"}, {"geofencing.103", "geofencing.102"}, {"105", "geofencing.105"},
	} {
		require.NotEqual(t, c[pair[0]].Person["en"], c[pair[1]].Person["en"], "%v: a person does something else about each", pair)
	}
	require.Greater(t, len(distinct), len(keys)/2)
}
