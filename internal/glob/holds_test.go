package glob

import (
	"strings"
	"testing"
)

func TestHolds(t *testing.T) {
	for _, c := range []struct{ pattern, yes, no string }{
		{"/a/*.d", "/a/x.d /a/x.d/y /a/x.d/.y/z", "/a /a/x.c /b/x.d /a/x/y.d /a/.x.d/y"},
		{"/a/**/x", "/a/x /a/x/y /a/b/x/y", "/a /x /a/b/y /a/.b/x"},
		{"/*", "/x /x/y", "/.x /.x/y"},
		{"/a/b", "/a/b /a/b/c", "/a /a/bc"},
	} {
		globs, err := Parse(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range strings.Fields(c.yes) {
			if !globs[0].Holds(file) {
				t.Errorf("%s does not hold %s", c.pattern, file)
			}
		}
		for _, file := range strings.Fields(c.no) {
			if globs[0].Holds(file) {
				t.Errorf("%s holds %s", c.pattern, file)
			}
		}
	}
}

func TestEnds(t *testing.T) {
	for pattern, want := range map[string][2]string{
		"/a/b":         {"/a/b", "b"},
		"/a/b*c/d":     {"/a/b", "d"},
		"/a/**/b":      {"/a/", "b"},
		"/a/**":        {"/a/", ""},
		"/*":           {"/", ""},
		"/x[ab]":       {"/x", ""},
		"/a/[!b].o":    {"/a/", ".o"},
		`/a/b\*c*\?.d`: {"/a/b", ".d"},
		"/a/*]{c}":     {"/a/", "c"},
	} {
		globs, err := Parse(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{globs[0].Prefix(), globs[0].Suffix()}; got != want {
			t.Errorf("%s begins and ends with %q, want %q", pattern, got, want)
		}
	}
}
