package cli

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// said is what a command line prints, with the root that new makes for it.
func said(t *testing.T, newRoot func(Streams) *cobra.Command, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	s := silent()
	s.Out, s.Err = &out, &out
	root := newRoot(s)
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	if err := root.Execute(); err != nil {
		out.WriteString(err.Error())
	}
	return out.String()
}

// A command that is made alone says the same as one that is made with all others.
func TestOneCommandIsAsAmongAll(t *testing.T) {
	for name := range makers() {
		for _, args := range [][]string{{name, "--help"}, {name, "--no-such-flag"}, {name, "-h", "x"}} {
			alone := said(t, func(s Streams) *cobra.Command { return newRootFor(s, args) }, args...)
			if diff := cmp.Diff(said(t, newRoot, args...), alone); diff != "" {
				t.Errorf("%q: -among all +alone\n%s", args, diff)
			}
		}
		root := newRootFor(silent(), []string{name})
		if all := root.Commands(); len(all) != 1 || all[0].Name() != name {
			t.Errorf("%q makes %d commands", name, len(all))
		}
	}
}

func TestVersionFlag(t *testing.T) {
	want := said(t, newRoot, "version")
	for _, args := range [][]string{{"--version"}, {"-v"}, {"--version", "x"}, {"-j", "2", "-v"}} {
		root := func(s Streams) *cobra.Command { return newRootFor(s, args) }
		if got := said(t, root, args...); got != want || !slices.Contains([]string{"wprun (devel)\n", "wprun " + version() + "\n"}, got) {
			t.Errorf("%q: got %q, want %q", args, got, want)
		}
	}
}
