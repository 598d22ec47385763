package record

import (
	"os"
	"testing"
)

// What is missing is named as the project has it, whatever the directory of the
// command.
func TestMissingOutputOfAnotherDirectory(t *testing.T) {
	p := newProject(t)
	must(t, os.Mkdir(p.path("sub"), 0o777))
	p.task.Dir, p.task.Outputs = p.path("sub"), []string{p.path("made/out")}
	want := `exited with success, but its output "made/out" is missing; outputs are relative to the file, and its command runs in "sub"`
	p.expectLacking(want)
}

func TestMissingAtomicOutputOfASubdirectory(t *testing.T) {
	p := newProject(t)
	p.task.Atomic, p.task.Outputs = p.path("made/out"), []string{p.path("made/out")}
	p.expectLacking(`exited with success, but its output "made/out" is missing: it has to be written to $WPRUN_OUTPUT`)
}

// expectLacking ends an attempt that has made nothing.
func (p *project) expectLacking(want string) {
	p.t.Helper()
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(p.t, err)
	if _, err = p.book.Commit(p.t.Context(), "copy"); err == nil || err.Error() != want {
		p.t.Errorf("Commit: %v, want %s", err, want)
	}
}
