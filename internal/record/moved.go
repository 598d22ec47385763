package record

import (
	"context"
	"errors"
	"math"
	"slices"
)

// moved tells which inputs are not any more what they were before the start. What
// the command has read of those is not known, so they are recorded without a hash:
// the next run sees a difference, whatever they are by then.
func (b *Book) moved(ctx context.Context, p *picture) (warnings []string, err error) {
	now, err := b.inputsNow(ctx, p)
	if err != nil {
		return nil, err
	}
	for i := range p.now.Inputs {
		if was := &p.now.Inputs[i]; !p.untouched(*was, entryOf(now, was.Path)) {
			was.Hash = ""
		}
	}
	for _, change := range compareFiles("input", p.now.Inputs, now) {
		warnings = append(warnings, change+", while it ran")
	}
	p.now.Inputs = withNew(p.now.Inputs, now)
	p.now.Moved = len(warnings) > 0
	if p.now.Moved && p.moved {
		warnings = append(warnings, "it seems to write its own inputs, and will run each time")
	}
	return warnings, nil
}

// inputsNow are those that a task has when its command has succeeded, but for what
// that has made new as an output.
func (b *Book) inputsNow(ctx context.Context, p *picture) ([]Entry, error) {
	s := b.sight(ctx, noClock)
	known := &Record{Inputs: p.now.Inputs, InputsAt: math.MaxInt64}
	var all []Entry
	for _, pattern := range p.task.Inputs {
		some, err := b.inputs(s, Task{Name: p.task.Name, Inputs: []string{pattern}}, known)
		if _, none := errors.AsType[*NoInputError](err); err != nil && !none {
			return nil, err
		}
		all = append(all, some...)
	}
	return slices.DeleteFunc(sorted(all), func(e Entry) bool {
		return known.input(e.Path) == nil && entryOf(p.now.Outputs, e.Path) != nil
	}), nil
}

// untouched says that an input was not changed while the command ran, not even for
// a while; only what the command makes itself it may have made again.
func (p *picture) untouched(was Entry, now *Entry) bool {
	switch {
	case now == nil:
		return false
	case entryOf(p.now.Outputs, was.Path) != nil:
		return now.Hash == was.Hash
	}
	return now.stamp == was.stamp
}

// withNew adds to some inputs, without a hash, those that came later.
func withNew(inputs, now []Entry) []Entry {
	all := inputs
	for _, e := range now {
		if entryOf(inputs, e.Path) == nil {
			e.Hash = ""
			all = append(all, e)
		}
	}
	return sorted(all)
}
