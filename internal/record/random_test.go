package record

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world is a task and what a naive observer knows of it: the contents of all
// files at the last success, as long as no attempt was made after it.
type world struct {
	*project
	success *contents
}

type contents struct {
	command string
	files   string
}

func (w *world) now() contents {
	var files strings.Builder
	for _, name := range []string{"in", "src/a", "src/b", "out"} {
		text, err := os.ReadFile(w.path(name))
		files.WriteString(name + "=" + string(text) + " ")
		if err != nil {
			files.WriteString("missing ")
		}
	}
	return contents{strings.Join(w.task.Command, " "), files.String()}
}

func newWorld(t *testing.T) *world {
	w := &world{project: newProject(t)}
	w.write("src/a", "1")
	w.task.Inputs = append(w.task.Inputs, w.path("src"))
	return w
}

var (
	texts  = rapid.SampledFrom([]string{"1", "2", "three"})
	inputs = rapid.SampledFrom([]string{"in", "src/a", "src/b"})
)

// steps are what may happen between two looks.
func (w *world) steps(r *rapid.T) map[string]func() {
	return map[string]func(){
		"run": func() {
			must(w.t, w.attempt(always))
			now := w.now()
			w.success = &now
		},
		"run, killed": func() {
			before := w.now()
			err := w.attempt(stopAfter(rapid.IntRange(0, 14).Draw(r, "changes")))
			switch {
			case err == nil:
				now := w.now()
				w.success = &now
			case !errors.Is(err, errStopped):
				w.t.Error(err)
			case w.success == nil || before != *w.success:
				w.success = nil // it may have begun
			}
		},
		"edit":   func() { w.write(inputs.Draw(r, "file"), texts.Draw(r, "text")) },
		"delete": func() { w.remove("src/b") },
		"edit under the old time": func() {
			name := inputs.Draw(r, "file")
			info, err := os.Stat(w.path(name))
			w.write(name, texts.Draw(r, "text"))
			if err == nil {
				must(w.t, os.Chtimes(w.path(name), info.ModTime(), info.ModTime()))
			}
		},
		"restore an older file": func() {
			name := inputs.Draw(r, "file")
			w.write("older", texts.Draw(r, "text"))
			past := time.Unix(rapid.Int64Range(1, 3).Draw(r, "time"), 0)
			must(w.t, os.Chtimes(w.path("older"), past, past))
			must(w.t, os.Rename(w.path("older"), w.path(name)))
		},
		"touch": func() {
			now := time.Now()
			must(w.t, os.Chtimes(w.path(rapid.SampledFrom([]string{"in", "src/a"}).Draw(r, "file")), now, now))
		},
		"edit the output":   func() { w.write("out", texts.Draw(r, "text")) },
		"delete the output": func() { w.remove("out") },
		"edit the command":  func() { w.task.Command = []string{texts.Draw(r, "text")} },
		"wait":              func() { w.tick() },
	}
}

// wanted is what a complete run makes of the world as it is.
func (w *world) wanted() string {
	before, _, _ := strings.Cut(w.now().files, "out=")
	return before + "by " + w.now().command
}

// TestRandomHistories compares verdicts with those of an observer who compares
// all contents: what is current has the right output, and what has not changed
// since a success is current.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		defer func() { _ = os.RemoveAll(w.dir) }()
		w.make = w.wanted
		steps := w.steps(r)
		names := make([]string, 0, len(steps))
		for name := range steps {
			names = append(names, name)
		}
		slices.Sort(names)
		for range rapid.IntRange(1, 25).Draw(r, "length") {
			step := rapid.SampledFrom(names).Draw(r, "step")
			steps[step]()
			w.look(r)
		}
	})
}

func (w *world) look(r *rapid.T) {
	w.reopen()
	now := w.now()
	explained, err := w.book.Explain(r.Context(), w.task)
	must(w.t, err)
	v, err := w.book.Check(r.Context(), w.task)
	must(w.t, err)
	if v.Current != explained.Current {
		r.Fatalf("checked %v, explained %v", v, explained)
	}
	if v.Current && !strings.HasSuffix(now.files, "out="+w.wanted()+" ") {
		r.Fatalf("%v, but a complete run makes %q of %v", v, w.wanted(), now)
	}
	if w.success != nil && *w.success == now && !v.Current {
		r.Fatalf("%v, but nothing has changed since the success: %v", v, now)
	}
}
