package nearest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/quick"

	"wprun/internal/nearest"
)

func TestName(t *testing.T) {
	known := []string{"migrate", "db", "db2", "api", "dataset", "waits_on", "Größe"}
	tests := []struct{ got, want string }{
		{"migrate", "migrate"},
		{"migrat", "migrate"},
		{"imgrate", "migrate"},
		{"MIGRATE", "migrate"},
		{"migration", "migrate"},
		{"wait_on", "waits_on"},
		{"waitson", "waits_on"},
		{"bd", "db"},
		{"db22", "db2"},
		{"datasett", "dataset"},
		{"große", "Größe"},
		{"completely-else", ""},
		{"xy", ""},
		{"x", ""},
		{"", ""},
		{strings.Repeat("migrate", 1000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.got[:min(len(tt.got), 20)], func(t *testing.T) {
			got, ok := nearest.Name(tt.got, known)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("Name(%q) = %q, %v; want %q", tt.got, got, ok, tt.want)
			}
		})
	}
}

func TestNameTakesTheEarliestOfEquals(t *testing.T) {
	for _, names := range [][]string{{"db1", "db2"}, {"db2", "db1"}} {
		if got, _ := nearest.Name("db3", names); got != names[0] {
			t.Errorf("Name among %q = %q, want the first", names, got)
		}
	}
}

func TestNameWithoutNames(t *testing.T) {
	if got, ok := nearest.Name("db", nil); ok {
		t.Errorf("Name found %q among no names", got)
	}
}

func TestNameFindsItselfWhateverItIs(t *testing.T) {
	itself := func(name string, others []string) bool {
		if len(name) > 200 {
			return true
		}
		got, ok := nearest.Name(name, append(others, name))
		return ok && strings.EqualFold(got, name)
	}
	if err := quick.Check(itself, nil); err != nil {
		t.Error(err)
	}
}

func BenchmarkName(b *testing.B) {
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("task-%d", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		nearest.Name("taks-77777", names)
	}
}
