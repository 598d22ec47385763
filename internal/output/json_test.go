package output

import (
	"encoding/json"
	"strings"
	"testing"
)

func FuzzJSON(f *testing.F) {
	for _, s := range []string{"plain", `a "quoted" \ line`, "\x00\x1b[31m\x7f\t\r", "é€😀\u2028", "\xff\xe2\x82", "<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got string
		if err := json.Unmarshal(appendString(nil, []byte(text)), &got); err != nil {
			t.Fatal(err)
		}
		want := strings.Map(func(r rune) rune { return r }, text) // invalid bytes as U+FFFD, each
		if got != want {
			t.Fatalf("%q became %q, want %q", text, got, want)
		}
	})
}
