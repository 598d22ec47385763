package watchpoint_test

import (
	"path/filepath"
	"strings"
	"testing"

	"wprun/internal/watchpoint"
)

func TestCheckName(t *testing.T) {
	tests := []struct{ name, complaint string }{
		{"db", ""},
		{"WP-A", ""},
		{"_x", ""},
		{"9.to_5-x", ""},
		{"a.", ""},
		{strings.Repeat("n", 200), ""},
		{"test[os=linux]", ""},
		{"test[os=linux,shard=-1.5]", ""},
		{"test[os=linux", `it contains '['`},
		{"test[]", `it contains '['`},
		{"test[os]", `it contains '['`},
		{"test[os=]", `it contains '['`},
		{"test[os=a,]", `it contains '['`},
		{"test[os=a/b]", `it contains '['`},
		{"test[os=a]x", `it contains '['`},
		{"[os=a]", `it contains '['`},
		{"", "it is empty"},
		{".", `it begins with '.'`},
		{"..", `it begins with '.'`},
		{".hidden", `it begins with '.'`},
		{"-rf", `it begins with '-'`},
		{"../x", `it begins with '.'`},
		{"a/b", `it contains '/'`},
		{"a b", `it contains ' '`},
		{"a\x00b", `it contains '\x00'`},
		{"a\nb", `it contains '\n'`},
		{"Größe", `it contains 'ö'`},
		{"bad\xff", `it contains '�'`},
		{strings.Repeat("n", 201), "it has 201 bytes; 200 are allowed"},
		{strings.Repeat("n", 300), "it has 300 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name[:min(len(tt.name), 10)], func(t *testing.T) {
			err := watchpoint.CheckName(tt.name)
			if (err == nil) != (tt.complaint == "") {
				t.Fatalf("CheckName(%q) = %v, want %q", tt.name, err, tt.complaint)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.complaint) || !strings.HasPrefix(err.Error(), "cannot ")) {
				t.Errorf("CheckName(%q) = %q, want %q in it", tt.name, err, tt.complaint)
			}
		})
	}
}

// A name that passes stays one entry of one directory, whatever it is joined to.
func FuzzCheckName(f *testing.F) {
	for _, seed := range []string{"db", "", ".", "..", "a/b", "-x", "a\x00", "a\nb", "é", strings.Repeat("n", 201), "a.watch", "C:", "a[b=c]", "a[b=c,d=-1.5]", "a[b=c", "a[b=../c]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if err := watchpoint.CheckName(name); err != nil {
			if !strings.HasPrefix(err.Error(), "cannot ") || strings.ContainsAny(err.Error(), "\n\x00\x1b") {
				t.Errorf("the error for %q is %q", name, err)
			}
			return
		}
		h, err := watchpoint.NewHandler([]watchpoint.Watchpoint{{Key: watchpoint.StringKey(name), Base: "/base"}})
		if err != nil {
			t.Fatalf("%q passes as a name but %v", name, err)
		}
		path, err := h.Path(watchpoint.StringKey(name))
		if err != nil || filepath.Dir(path) != "/base" || filepath.Base(path) != name+watchpoint.Suffix {
			t.Errorf("%q leads to %q, %v", name, path, err)
		}
	})
}

func TestKeysOfBothKinds(t *testing.T) {
	number, text := watchpoint.IntKey(42), watchpoint.StringKey("42")
	if number == text {
		t.Error("42 and \"42\" are one key")
	}
	if number.String() != "42" || text.String() != "42" {
		t.Errorf("their texts are %q and %q", number, text)
	}
	if !number.IsInt() || text.IsInt() {
		t.Error("a key does not know what it is")
	}
	if number != watchpoint.IntKey(42) || text != watchpoint.StringKey("42") {
		t.Error("equal keys differ")
	}
	if watchpoint.IntKey(-7).String() != "-7" {
		t.Errorf("the text of -7 is %q", watchpoint.IntKey(-7))
	}
}

func TestTwin(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, w := range []watchpoint.Watchpoint{
		{Key: watchpoint.StringKey("db"), Base: "b"},
		{Key: watchpoint.IntKey(42), Base: "b", Name: "answer"},
		{Key: watchpoint.StringKey(long), Base: "b"},
	} {
		h, err := watchpoint.NewHandler([]watchpoint.Watchpoint{w, w.Twin()})
		if err != nil {
			t.Fatal(err)
		}
		path, _ := h.Path(w.Key)
		twin, err := h.Path(watchpoint.StringKey(w.Key.String() + ".failed"))
		if want := strings.TrimSuffix(path, ".watch") + ".failed.watch"; err != nil || twin != want {
			t.Errorf("twin of %s: %q, %v; want %q", path, twin, err, want)
		}
	}
}
