package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Check says whether a task has to run, and keeps what it has seen for Begin. An
// error means that it cannot be told: an input that is not there or cannot be read.
func (b *Book) Check(ctx context.Context, t Task) (Verdict, error) {
	p, err := b.look(ctx, t, b.clock)
	if err != nil {
		return Verdict{}, err
	}
	v := b.judge(p)
	if !v.Current {
		b.hold(p)
		return v, errors.Join(b.clear(t.Atomic), b.keepEdited(ctx, p)) // Begin has to be quick
	}
	if err := b.refresh(p); err != nil {
		return Verdict{}, err
	}
	b.publish(t.Name, p.now.result())
	return v, nil
}

// Explain is Check that writes nothing and keeps nothing for Begin.
func (b *Book) Explain(ctx context.Context, t Task) (Verdict, error) {
	p, err := b.look(ctx, t, noClock)
	if err != nil {
		return Verdict{}, err
	}
	v := b.judge(p)
	if v.Current {
		b.publish(t.Name, p.now.result())
	}
	return v, nil
}

// refresh writes a record that would be more useful than the one that is there:
// of a task that has finished without one, or with stamps that can be relied on.
func (b *Book) refresh(p *picture) error {
	if !p.finished && (!p.hashed || !p.same()) {
		return nil
	}
	if _, err := b.write(p.task.Name, current, &p.now); err != nil {
		return err
	}
	if p.finished {
		return b.remove(p.task.Name, attempt, exited, previous)
	}
	return nil
}

// Begin is called just before a task that Check found to be stale starts: from here
// to Commit its record is gone. Copies of outputs that somebody has edited are where
// aside says.
func (b *Book) Begin(name, run string) (aside []string, err error) {
	p := b.picture(name)
	if p == nil {
		return nil, fmt.Errorf("cannot begin %q: it was not checked", name)
	}
	p.now.Run, p.seen, p.now.Outputs = run, p.now.Outputs, nil
	if aside, err = b.setAside(p); err != nil {
		return aside, err
	}
	if err := b.clear(p.task.Atomic); err != nil {
		return aside, err
	}
	if err := b.remove(name, exited); err != nil {
		return aside, err
	}
	if p.began, err = b.write(name, attempt, &p.now); err != nil {
		return aside, err
	}
	err = b.act(func() error { return rename(b.path(name, current), b.path(name, previous)) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return aside, fmt.Errorf("cannot retire the record of %q: %w", name, err)
	}
	b.withdraw(name)
	return aside, nil
}

// Commit is called when the command of a task that has begun succeeded: it looks at
// the outputs and writes the record. Warnings are for people. An error that is an
// *OutputError is the task's own failure.
func (b *Book) Commit(ctx context.Context, name string) (warnings []string, err error) {
	p := b.picture(name)
	if p == nil {
		return nil, fmt.Errorf("cannot record %q: it was not begun", name)
	}
	warning, err := b.adopt(ctx, p)
	if warning != "" {
		warnings = append(warnings, warning)
	}
	if err != nil {
		return warnings, err
	}
	if p.now.Outputs, err = b.outputs(ctx, p.task); err != nil {
		return warnings, err
	}
	moved, err := b.moved(ctx, p)
	warnings = append(warnings, moved...)
	if err != nil {
		return warnings, err
	}
	if err := b.checkAttempt(p); err != nil {
		return warnings, err
	}
	if err := b.note(p); err != nil {
		return warnings, err
	}
	return warnings, b.complete(ctx, p)
}

// checkAttempt finds out that no other run has begun the task since this one has. To
// compare what Begin wrote costs less than to decode it.
func (b *Book) checkAttempt(p *picture) error {
	name := p.task.Name
	text, err := b.text(name, attempt)
	if text == nil || err != nil || bytes.Equal(text, p.began) {
		return err
	}
	if other := b.decode(text); other.Run != p.now.Run {
		return fmt.Errorf("cannot record %q: run %q has begun it too, and their outputs may be mixed; run it again", name, other.Run)
	}
	return nil
}

// note writes that the command has succeeded, and with what outputs. If the record
// is not written then, Check can do that later. The attempt's file stays: many file
// systems flush what replaces a file.
func (b *Book) note(p *picture) error {
	if err := b.age(p.now.Outputs); err != nil {
		return err
	}
	_, err := b.write(p.task.Name, exited, &p.now)
	return err
}

// Accept records the present as if the task had just succeeded. An *OutputError
// says what there would have to be.
func (b *Book) Accept(ctx context.Context, t Task) error {
	p, err := b.look(ctx, t, b.clock)
	if err != nil {
		return err
	}
	p.now.Run, p.now.Moved = "", false
	if p.now.Outputs, err = b.outputs(ctx, t); err != nil {
		return err
	}
	return b.complete(ctx, p)
}

// complete writes the record of a task whose outputs have been found.
func (b *Book) complete(ctx context.Context, p *picture) error {
	if err := b.hashOutputs(ctx, p); err != nil {
		return err
	}
	name := p.task.Name
	if _, err := b.write(name, current, &p.now); err != nil {
		return err
	}
	b.publish(name, p.now.result())
	return b.remove(name, attempt, exited, previous)
}

func (b *Book) hold(p *picture) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pictures[p.task.Name] = p
}

func (b *Book) picture(name string) *picture {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pictures[name]
}

// publish notes what a task's outputs are, until it begins anew.
func (b *Book) publish(name, result string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.results[name] = result
	delete(b.pictures, name)
}

func (b *Book) withdraw(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.results, name)
}

// upstream is the hash of another task's outputs as they were recorded.
func (b *Book) upstream(name string) (string, error) {
	b.mu.Lock()
	result, known := b.results[name]
	b.mu.Unlock()
	if known {
		return result, nil
	}
	r, err := b.read(name, current)
	if err != nil || r == nil {
		return "", err
	}
	return r.result(), nil
}

// same says that nothing differs from the record, whatever the task's kinds are.
func (p *picture) same() bool {
	return p.old != nil && len(p.missing)+len(p.changed) == 0 && slices.Equal(p.old.Patterns, p.now.Patterns) &&
		len(differences(Task{}, p.old, &p.now)) == 0
}
