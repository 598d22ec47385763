package record

import (
	"os"
	"testing"
	"time"
)

// cutPower leaves an output of the right size and with the stamp of its record, but
// with another content: what is in a file may get lost where its stamp does not.
func (p *project) cutPower() {
	p.t.Helper()
	lost := make([]byte, len(p.read("out")))
	must(p.t, os.WriteFile(p.path("out"), lost, 0o666))
	now, err := stat(p.path("out"))
	must(p.t, err)
	r, err := p.book.read("copy", current)
	must(p.t, err)
	r.Outputs[0].stamp, r.OutputsAt = now.stamp, time.Now().Add(time.Hour).UnixNano()
	_, err = p.book.write("copy", current, r)
	must(p.t, err)
}

func TestStampsOfAnEarlierBootAreNotReliedOn(t *testing.T) {
	p := newProject(t)
	p.machine = Machine{"host", "boot 1"}
	p.reopen()
	p.run()
	p.cutPower()
	p.expectCurrent() // nothing tells

	p.machine = Machine{"another host", "boot 2"} // it was not its power
	p.reopen()
	p.expectCurrent()

	p.machine = Machine{"host", "boot 2"}
	p.expect("output changed: out")
}

func TestFilesAreReadOnceAfterABoot(t *testing.T) {
	p := newProject(t)
	p.machine = Machine{"host", "boot 1"}
	p.reopen()
	p.run()
	p.machine = Machine{"host", "boot 2"}
	p.tick()
	p.expectCurrent()
	r, err := p.book.read("copy", current)
	must(t, err)
	for _, f := range append(r.Inputs, r.Outputs...) {
		if !p.book.settled(status{stamp: f.stamp, device: p.book.device()}, min(r.InputsAt, r.OutputsAt)) {
			t.Errorf("%q is read again: %+v", f.Path, r)
		}
	}
}
