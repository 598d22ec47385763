package cli

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListBeforeAnyRun(t *testing.T) {
	p := newProject(t, sample)
	p.mkdir("share/data.watch")
	p.mkdir("share/data.failed.watch")
	p.expect(spoken{out: `KEY          PRESENT  PATH
db           no       -
build        no       -
report       no       -
42           no       $DIR/sub/dir/IAmNamed.watch
data         yes      $DIR/share/data.watch
data.failed  yes      $DIR/share/data.failed.watch
booted       no       -
`, err: `wprun: keys without a path are in the directory of a run, and nothing has run "$DIR/wprun.toml" yet; start with "wprun run", or name a run with --run
`}, "list")
}

func TestListOfRun(t *testing.T) {
	p := newProject(t, sample)
	dir := p.newRun("wprun.toml")
	p.env["WPRUN_RUN_DIR"] = dir.Path
	p.wprun("signal", "booted", "42")
	got := p.wprun("list", "--json")
	var rows []listRow
	if err := json.Unmarshal([]byte(got.out), &rows); err != nil || got.err != "" {
		t.Fatalf("%v in %q, stderr %q", err, got.out, got.err)
	}
	watch := "$DIR/.wprun/runs/" + dir.ID + "/watch/"
	want := []listRow{
		{"db", false, watch + "db.watch"},
		{"build", false, watch + "build.watch"},
		{"report", false, watch + "report.watch"},
		{"42", true, "$DIR/sub/dir/IAmNamed.watch"},
		{"data", false, "$DIR/share/data.watch"},
		{"booted", true, watch + "booted.watch"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := json.Unmarshal([]byte(p.wprun("list", "--json", "--all").out), &rows); err != nil || len(rows) != 12 {
		t.Errorf("%d rows with --all, want 12; %v", len(rows), err)
	}
}

// What is in the way of a watchpoint is no watchpoint.
func TestListWhatIsNoDirectory(t *testing.T) {
	p := newProject(t, sample)
	p.newRun("wprun.toml")
	p.mkdir("share")
	p.write("share/data.watch", "a file")
	got := p.wprun("list")
	if want := `wprun: warning: cannot look at watchpoint "data": "$DIR/share/data.watch" is a regular file, not a directory; move it elsewhere
`; got.code != 0 || got.err != want {
		t.Errorf("got %d, %q, want %q", got.code, got.err, want)
	}
}
