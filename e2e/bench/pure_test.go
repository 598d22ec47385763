package main

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 3, 2}, 2.5},
	}
	for _, tt := range tests {
		if got := median(tt.values); got != tt.want {
			t.Errorf("median(%v) = %v, want %v", tt.values, got, tt.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("median of nothing = %v, want NaN", got)
	}
}

func TestPercentile(t *testing.T) {
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	tests := []struct {
		values []float64
		p      float64
		want   float64
	}{
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{hundred, 0, 1},
		{[]float64{7, 8}, 99, 8},
	}
	for _, tt := range tests {
		if got := percentile(tt.values, tt.p); got != tt.want {
			t.Errorf("percentile %v of %d values = %v, want %v", tt.p, len(tt.values), got, tt.want)
		}
	}
}

func TestParseParent(t *testing.T) {
	if got, err := parseParent("42 (a) b) S 7 42 42 0 -1 4194560 100\n"); err != nil || got != 7 {
		t.Errorf("got %d, %v, want 7", got, err)
	}
	for _, wrong := range []string{"", "42 (a) S", "42 (a) S x 1 1 1"} {
		if _, err := parseParent(wrong); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
}

func TestDescendants(t *testing.T) {
	parents := map[int]int{1: 0, 10: 1, 11: 10, 12: 11, 20: 1}
	if got := descendants(parents, 10); !slices.Equal(got, []int{10, 11, 12}) {
		t.Errorf("got %v", got)
	}
}

func TestParseField(t *testing.T) {
	text := "00400000-7ff [rollup]\nRss:    1234 kB\nPss:     567 kB\nPss_Dirty:  1 kB\n"
	if got, err := parseField(text, "Pss"); err != nil || got != 567 {
		t.Errorf("got %d, %v, want 567", got, err)
	}
	for _, wrong := range []string{"", "Pss: many kB\n"} {
		if _, err := parseField(wrong, "Pss"); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
}

func TestParseStamp(t *testing.T) {
	if at, err := parseStamp("t00001 123\n", "t00001"); err != nil || at != 123 {
		t.Errorf("got %d, %v", at, err)
	}
	for _, wrong := range []string{"t00002 123\n", "t00001\n", "t00001 x\n", "t00001 0\n"} {
		if _, err := parseStamp(wrong, "t00001"); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
}

func TestCPUModel(t *testing.T) {
	if got := cpuModel("processor\t: 0\nmodel name\t: A B\nmodel name\t: C\n"); got != "A B" {
		t.Errorf("got %q", got)
	}
	if got := cpuModel(""); got != "unknown" {
		t.Errorf("got %q", got)
	}
}

func TestReportsHoldTheSame(t *testing.T) {
	r := report{facts: []string{"Go: go1"}, rounds: 5, size: fullSize(), rows: []row{values(aLoad(), map[string]float64{colWprun: 0.25})}}
	for _, text := range []string{r.plain(), r.markdown()} {
		for _, want := range []string{"Go: go1", "load and check 10,000 tasks", "0.25 s", "median of 5 rounds"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
	}
}

func TestAQuickReportSaysSo(t *testing.T) {
	const words = "report only: small sizes"
	for _, quick := range []bool{true, false} {
		if r := (report{quick: quick}); strings.Contains(r.plain(), words) != quick || strings.Contains(r.markdown(), words) != quick {
			t.Errorf("quick %v:\n%s", quick, r.plain())
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{7: "7", 999: "999", 1000: "1,000", 10_020: "10,020", 1_000_003: "1,000,003"} {
		if got := count(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
