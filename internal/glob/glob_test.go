package glob

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func matchAny(t *testing.T, pattern, file string) bool {
	t.Helper()
	globs, err := Parse(pattern)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	return slices.ContainsFunc(globs, func(g Glob) bool { return g.Match(file) })
}

func TestLiteral(t *testing.T) {
	for pattern, want := range map[string]string{"/x": "/x", "/a/b": "/a/b", `/a\*`: "/a*", "/a/../b": "/b", `/a/b/\.\.`: "/a"} {
		globs, err := Parse(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := globs[0].Literal(); !ok || got != want {
			t.Errorf("%s: %q, %v, want %q", pattern, got, ok, want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct{ pattern, yes, no string }{
		{"/a/b.go", "/a/b.go", "/a/b.gox /a/c/b.go /b.go /a/b.go/x"},
		{"/a/*.go", "/a/x.go", "/a/x.c /a/b/x.go /a/.x.go /a"},
		{"/a/?.go", "/a/x.go /a/ü.go", "/a/xy.go /a/.go"},
		{"/a/[a-c]", "/a/b", "/a/d"},
		{"/a/[!a-c]", "/a/d", "/a/b"},
		{"/a/**", "/a/x /a/b/x /a/b/c/x", "/a /a/.x /a/.b/x /b/a/x"},
		{"/a/**/x", "/a/x /a/b/x /a/b/c/x", "/a/b/y /x /a/x/y /a/.b/x"},
		{"/a/**/**/x", "/a/x /a/b/x", "/a/y"},
		{"/a/**/b/*.c", "/a/b/x.c /a/q/b/x.c /a/b/b/x.c", "/a/x.c /a/b/q/x.c"},
		{"/a/.*", "/a/.x", "/a/x"},
		{"/a/.b/**", "/a/.b/x", "/a/.b/.x"},
		{"/**", "/x /x/y", "/.x"},
		{"/a/{b,c}.go", "/a/b.go /a/c.go", "/a/d.go"},
		{"/{a/b,c}/*.{x,y{1,2}}", "/a/b/q.x /c/q.y1 /c/q.y2", "/c/q.y /a/q.x"},
		{`/a/\{b\}`, "/a/{b}", "/a/b"},
		{`/a/\*`, "/a/*", "/a/b"},
		{"/a/./b/../*.go", "/a/x.go", "/a/b/x.go"},
		{"/../a/x", "/a/x", "/x"},
		{"/a/**/HEAD", "/a/HEAD", "/a/.git/HEAD /a/.wprun/HEAD /a/b/.git/HEAD"},
		{"/a/.git/HEAD", "", "/a/b/.git/HEAD"},
		{"/a/.*/HEAD", "/a/.b/HEAD", "/a/.git/HEAD /a/.wprun/HEAD"},
		{"/a//b/", "/a/b", "/a/b/c"},
	} {
		for _, file := range strings.Fields(c.yes) {
			if !matchAny(t, c.pattern, file) {
				t.Errorf("%s does not match %s", c.pattern, file)
			}
		}
		for _, file := range strings.Fields(c.no) {
			if matchAny(t, c.pattern, file) {
				t.Errorf("%s matches %s", c.pattern, file)
			}
		}
	}
}

func TestSymbolicLinks(t *testing.T) {
	for _, c := range []struct {
		pattern string
		// leads and matches are about an entry of Root that is a link.
		leads, matches bool
	}{
		{"/a/**", false, true},
		{"/a/**/x", false, false},
		{"/a/*/x", true, false},
		{"/a/l/**/x", true, false},
	} {
		globs, err := Parse(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		g := globs[0]
		if g.Root != "/a" {
			continue // a link in Root is the caller's to follow
		}
		s := g.Next(g.Start(), "l", true)
		if g.Leads(s) != c.leads || g.Matches(s) != c.matches {
			t.Errorf("%s: a link leads %v, matches %v", c.pattern, g.Leads(s), g.Matches(s))
		}
	}
}

func TestRoot(t *testing.T) {
	for pattern, want := range map[string]string{
		"/a/b/c.go": "/a/b", "/a/*/c": "/a", "/x": "/", "/**": "/", `/a\*/b\\c/*`: `/a*/b\c`, "/a/b/../c": "/a",
	} {
		if globs, err := Parse(pattern); err != nil || globs[0].Root != want {
			t.Errorf("%s: %+v, %v; want root %s", pattern, globs, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for pattern, want := range map[string]string{
		"a":                                  "is not absolute",
		"/":                                  "root directory",
		"/a/**.go":                           `as in "src/**/*.go"`,
		"/a/[b":                              "is no pattern",
		"/a/[b/c]":                           "is no pattern",
		`/a/b\`:                              "is no pattern",
		"/a/*/../b":                          "after a wildcard",
		"/a/{b":                              "is not closed",
		"/a/b}":                              `has no "{"`,
		"/" + strings.Repeat("{a,b}", 9):     "more than 256",
		"/" + strings.Repeat("*/", 70) + "x": "more than 63",
	} {
		if _, err := Parse(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", pattern, err, want)
		}
	}
}

func TestQuotedPathMatchesItselfAlone(t *testing.T) {
	for _, file := range []string{"/a", "/a*b/[c]/{d,e}/f?", `/a\b/\*`} {
		if !matchAny(t, Quote(file), file) {
			t.Errorf("%s does not match %s", Quote(file), file)
		}
	}
	if matchAny(t, Quote("/a*"), "/ab") {
		t.Error("a quoted star is a star")
	}
}

// simple are the patterns that asRegexp can say, and file the paths that Match
// takes.
var (
	simple = regexp.MustCompile(`^(/(\*\*|\*\.[a-c]+|[a-c][a-c.*?]*))+$`)
	file   = regexp.MustCompile(`^(/[^/]+)+$`)
)

// asRegexp says a simple pattern in another language.
func asRegexp(pattern string) *regexp.Regexp {
	elements := strings.Split(pattern, "/")[1:]
	said := "^(?s:"
	for i, element := range elements {
		switch {
		case element == anywhere && i < len(elements)-1:
			said += "(/[^/.][^/]*)*"
		case element == anywhere:
			said += "(/[^/.][^/]*)+"
		case element[0] == '*':
			said += "/[^/.][^/]*" + regexp.QuoteMeta(element[1:])
		default:
			said += "/" + strings.NewReplacer("*", "[^/]*", "?", "[^/]", ".", `\.`).Replace(element)
		}
	}
	return regexp.MustCompile(said + ")$")
}

func FuzzMatch(f *testing.F) {
	f.Add("/a/**/b", "/a/c/b")
	f.Add("/**/*.a/**", "/b.a/c")
	f.Add("/a/**/**/b?c", "/a/bbc")
	f.Add("/{a,b{c,d}}/[a-z]", "/bc/x")
	f.Add("/a/**", "/a/.git/x")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		globs, err := Parse(pattern)
		if err != nil {
			return
		}
		got := slices.ContainsFunc(globs, func(g Glob) bool { return g.Match(path) })
		for _, g := range globs {
			if g.Match(path) && !(strings.HasPrefix(path, g.Prefix()) && strings.HasSuffix(path, g.Suffix())) {
				t.Errorf("%q matches %q, which does not begin with %q and end with %q", pattern, path, g.Prefix(), g.Suffix())
			}
		}
		if !simple.MatchString(pattern) || !file.MatchString(path) || !utf8.ValidString(path) {
			return
		}
		if re := asRegexp(pattern); re.MatchString(path) != got {
			t.Errorf("%q and %q: %v, but not as %v", pattern, path, got, re)
		}
	})
}

// TestPlainPathsAreParsedLikeOthers compares what is read quickly with what a
// pattern of the same meaning gives.
func TestPlainPathsAreParsedLikeOthers(t *testing.T) {
	for _, file := range []string{"/a", "/a/b.c", "/.a/.b", "/a/..b/c", "/ü/ö", "/a]/!b", "/a/.git", "/a/b c"} {
		plain, err := Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		long, err := Parse("/." + file + "/")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(plain, long) {
			t.Errorf("%s: %+v, want %+v", file, plain, long)
		}
	}
	for _, bad := range []string{"/", "//", "/.", "a/b"} {
		if globs, err := Parse(bad); err == nil {
			t.Errorf("%q: %+v, want an error", bad, globs)
		}
	}
}
