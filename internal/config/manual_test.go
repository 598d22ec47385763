package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The manual explains every key that can be used, and lists every other one as
// not supported yet.
func TestManualHasEveryKey(t *testing.T) {
	b, err := os.ReadFile("manual.md")
	if err != nil {
		t.Fatal(err)
	}
	explained, refused, ok := strings.Cut(string(b), "NOT SUPPORTED YET")
	if !ok {
		t.Fatal("the manual does not say what is not supported yet")
	}
	for _, fields := range allFields {
		for _, f := range fields {
			part := explained
			if f.later {
				part = refused
			}
			if !regexp.MustCompile(`\b` + f.name + `\b`).MatchString(part) {
				t.Errorf("the manual has no key %q where it belongs (refused: %v)", f.name, f.later)
			}
		}
	}
}
