package glob

import "testing"

func TestMeet(t *testing.T) {
	for _, tt := range []struct {
		this, that string
		want       bool
	}{
		{"/p/gen.c", "/p/gen.c", true},
		{"/p/gen.c", "/p/gen.h", false},
		{"/p/gen.c", "/p/*.c", true},
		{"/p/gen.c", "/p/*.h", false},
		{"/p/gen.c", "/p/sub/*.c", false},
		{"/p/sub/gen.c", "/p/**/*.c", true},
		{"/p/out", "/p/out/gen.c", true},
		{"/p/out", "/p/output", false},
		{"/p/out", "/p/out/*.c", true},
		{"/p/{a,b}.c", "/p/b.c", true},
		{"/p/{a,b}.c", "/p/c.c", false},
		{"/p/sub/*.c", "/p/**", true},
		{"/p/one/*.c", "/p/two/*.c", false},
		{"/p/*.c", "/p/*.h", true}, // nobody looks into that
		{"no pattern", "no pattern", false},
	} {
		for _, pair := range [][2]string{{tt.this, tt.that}, {tt.that, tt.this}} {
			if got := Meet([]string{pair[0]}, []string{pair[1]}); got != tt.want {
				t.Errorf("%q meets %q: %v", pair[0], pair[1], got)
			}
		}
	}
}
