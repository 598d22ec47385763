package cli

import (
	"slices"
	"testing"
)

func TestOfTwoVariablesTheLaterStays(t *testing.T) {
	own := newVariables([]string{"HOME=/a", "PATH=/bin", "HOME=/b", "EMPTY="})
	tests := []struct {
		name       string
		more, told []string
		want       []string
	}{
		{"nothing is added", nil, nil, []string{"HOME=/b", "PATH=/bin", "EMPTY="}},
		{"the file's goes before the own", []string{"PATH=/opt"}, nil, []string{"HOME=/b", "PATH=/opt", "EMPTY="}},
		{
			"wprun's goes before the file's",
			[]string{"RUN=file", "X=1", "X=2"},
			[]string{"RUN=told"},
			[]string{"HOME=/b", "PATH=/bin", "EMPTY=", "RUN=told", "X=2"},
		},
		{"a value may have an equals sign", []string{"A=b=c"}, []string{"A=d=e"}, []string{"HOME=/b", "PATH=/bin", "EMPTY=", "A=d=e"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := own.with(tt.more, tt.told); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := own.with(); !slices.Equal(got, own.list) {
		t.Errorf("what others have added stays: %q", got)
	}
}
