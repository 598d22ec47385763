package config

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// decodeTwice decodes a text at once and in pieces as small as they can be.
func decodeTwice(t *testing.T, text string) (cuts int) {
	t.Helper()
	at, _, err := survey(text, 1)
	if err != nil {
		return 0
	}
	whole, wholeErr := decode(text)
	got, err := decodePieces(text, at)
	if fmt.Sprint(err) != fmt.Sprint(wholeErr) {
		t.Errorf("in pieces %v, whole %v", err, wholeErr)
	}
	if wholeErr != nil {
		return len(at)
	}
	// A float that is no number is not what it is itself: compare as text.
	if diff := cmp.Diff(fmt.Sprintf("%#v", whole), fmt.Sprintf("%#v", got)); diff != "" {
		t.Errorf("-whole +pieces: %s\n%s", diff, text)
	}
	return len(at)
}

func TestPiecesAreWhatTheWholeIs(t *testing.T) {
	for _, c := range []struct {
		text string
		cuts int
	}{
		{"jobs = 1\n[task.a]\nx = 1\n[task.b]\nmatrix = { x = [1], a = [2] }\n[service.a]\n[task.b.env]\nA = ''\n[task.c]\n", 4},
		{"[task.a]\n[task.b]\n[task.a.env]\n[task.c]\n", 2},
		{"[task.a]\n[task.b]\n[task.a]\n", 2},
		{"[task.a.env]\n[task.b]\n[task.a]\n", 2},
		{"[task.a]\n[[watchpoint]]\nkey = 1\n[task.b]\n[[watchpoint]]\nkey = 2\n[task.c]\n", 2},
		{"[[watchpoint]]\n[task.a]\n[watchpoint.sub]\n[task.b]\n", 2},
		{"watchpoint = [{ key = 1 }]\n[task.a]\n[[watchpoint]]\n[task.b]\n[watchpoint]\n[task.c]\n", 3},
		{"[env]\n[task.a]\n[env]\n[task.b]\n", 2},
		{"[task.a]\nx = [\n[task.b]\n", 0},
		{"[task.a]\n[[task.b]]\n[[task.b]]\n[task.b]\n", 3},
		{"jobs = 1 [task.a]\n", 0},
		{"task = { z = {} }\n[task.a]\n[task.b]\n", 0},
		{"task.z.x = 1\n[task.a]\n[task.b]\n", 0},
		{"[task]\n[task.a]\n[task.b]\n", 0},
		{"[[task]]\n[task.a]\n[task.b]\n", 0},
		{"[\"t\\u0061sk\"]\n[task.a]\n[\"t\\u0061sk\"]\n[task.b]\n", 0},
		{"[task.a]\nx = \"\"\"\n[task.b]\n\"\"\"\n[task.\"c\"]\n", 1},
	} {
		if cuts := decodeTwice(t, c.text); cuts != c.cuts {
			t.Errorf("%d cuts, want %d, in\n%s", cuts, c.cuts, c.text)
		}
	}
}

func FuzzPieces(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) { decodeTwice(t, text) })
}

func TestPiecesAreLongEnough(t *testing.T) {
	text := strings.Repeat("# a comment\n", 10) + "[task.a]\n[task.b]\n" + strings.Repeat("# a comment\n", 10) + "[task.c]\n"
	cuts, _, err := survey(text, 100)
	if want := []int{120, 258}; err != nil || !cmp.Equal(cuts, want) {
		t.Errorf("cuts at %v, want %v; error %v", cuts, want, err)
	}
}

func TestEveryProcessorHasAPiece(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for length, want := range map[int]int{
		0: leastPiece, leastPiece: leastPiece, 10 * leastPiece: 10 * leastPiece / 4, 100 * pieceSize: pieceSize,
	} {
		if got := sizeOfPieces(length); got != want {
			t.Errorf("pieces of at least %d bytes of %d, want %d", got, length, want)
		}
	}
}
