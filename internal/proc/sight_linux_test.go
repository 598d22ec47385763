package proc

import (
	"os"
	"slices"
	"testing"
)

// Of a program with one thread the children are read from one list, without a look
// around; of this program, which has several, from all.
func TestChildrenOfAnyThread(t *testing.T) {
	b := newBench(t)
	shell := b.shell(1, "sleep 60 & echo child $!; wait")
	child := b.number(1, "child")
	if got := children(shell); !slices.Equal(got, []int{child}) {
		t.Errorf("the shell has the children %v, want %d", got, child)
	}
	if got := children(os.Getpid()); !slices.Contains(got, shell) {
		t.Errorf("%d is not among the children %v of this program", shell, got)
	}
	// A look around takes some 80, and as many system calls more.
	if n := testing.AllocsPerRun(20, func() { children(shell) }); n > 20 {
		t.Errorf("%v allocations for a look at a program with one thread", n)
	}
}
