package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// NoInputError says that a pattern of the inputs matches nothing.
type NoInputError struct{ Pattern string }

func (e *NoInputError) Error() string {
	return fmt.Sprintf("cannot find its input %q: nothing matches; make it, or correct the inputs", e.Pattern)
}

// inputs are what a task's patterns match now.
func (b *Book) inputs(s *sight, t Task, known *Record) ([]Entry, error) {
	all := make([]Entry, 0, max(len(t.Inputs), len(known.Inputs)))
	for _, pattern := range t.Inputs {
		files, err := find(s.ctx, pattern)
		if err != nil {
			return nil, cannot(s.ctx, err, "cannot look for the inputs of %q", t.Name)
		}
		if len(files) == 0 {
			return nil, &NoInputError{b.near(pattern)}
		}
		for _, f := range files {
			e, err := s.entry(f, known.input(b.near(f.path)), known.InputsAt)
			if absent(err) {
				continue // it went between the two looks
			}
			if err != nil {
				return nil, cannot(s.ctx, err, "cannot look at an input of %q", t.Name)
			}
			all = append(all, e)
		}
	}
	return sorted(all), nil
}

// cannot adds what was tried to an error that is not the end of the context.
func cannot(ctx context.Context, err error, format string, args ...any) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// input is nil for a path that is not one of the inputs.
func (r *Record) input(path string) *Entry { return entryOf(r.Inputs, path) }

// entryOf is nil for a path that is not in a sorted list.
func entryOf(list []Entry, path string) *Entry {
	i, ok := slices.BinarySearchFunc(list, path, func(e Entry, path string) int { return strings.Compare(e.Path, path) })
	if !ok {
		return nil
	}
	return &list[i]
}

// sorted has each path once; two patterns may match it.
func sorted(all []Entry) []Entry {
	slices.SortFunc(all, func(x, y Entry) int { return strings.Compare(x.Path, y.Path) })
	return slices.CompactFunc(all, func(x, y Entry) bool { return x.Path == y.Path })
}
