package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// picture is a task's present beside its past.
type picture struct {
	task Task
	// old is the record, attempted the attempt that has none; either may be nil.
	old, attempted *Record
	// succeeded says that the command of the attempt had.
	succeeded bool
	now       Record
	// hashed says that stamps were not enough to tell that nothing has changed.
	hashed bool
	// finished says that an attempt has succeeded and was killed before its record
	// was written, and that its outputs are as it left them.
	finished bool
	// missing and changed are the outputs of the record that are so.
	missing, changed []string
	// kept are the changed ones that a copy was made of.
	kept []string
	// seen are the outputs of the record as Check has found them.
	seen []Entry
	// began is what Begin wrote of the attempt.
	began []byte
	// moved says that the inputs changed during the last attempt.
	moved bool
}

// look makes the picture of a task.
func (b *Book) look(ctx context.Context, t Task, clock func() (int64, error)) (*picture, error) {
	p := &picture{task: t}
	var err error
	if p.old, err = b.read(t.Name, current); err != nil {
		return nil, err
	}
	known := p.old
	if p.old == nil {
		if err = b.lookBack(p); err != nil {
			return nil, err
		}
		known = p.attempted
	}
	if known == nil || known.Format != format {
		known = &Record{} // what another format means by a hash is not known
	}
	p.moved = known.Moved
	s := b.sight(ctx, clock)
	if p.now, err = b.present(s, t, known); err != nil {
		return nil, err
	}
	if p.old != nil && p.old == known {
		err = b.compareOutputs(s, p)
	} else if p.old == nil && p.completable() {
		p.finished, err = b.finished(s, p)
	}
	p.hashed = s.hashed > 0
	return p, err
}

// lookBack finds the last attempt of a task without a record.
func (b *Book) lookBack(p *picture) (err error) {
	p.attempted, err = b.read(p.task.Name, exited)
	p.succeeded = p.attempted != nil
	if err != nil || p.succeeded {
		return err
	}
	p.attempted, err = b.read(p.task.Name, attempt)
	return err
}

// present is a task's world, but for its outputs.
func (b *Book) present(s *sight, t Task, known *Record) (Record, error) {
	now := Record{
		Format: format, File: b.file, Task: t.Name, Run: known.Run, Command: t.Command, Dir: b.near(t.Dir),
		Env: hashEach(t.Env), InputsAt: known.InputsAt, Moved: known.Moved, Machine: b.machine,
	}
	for _, pattern := range t.Outputs {
		now.Patterns = append(now.Patterns, b.near(pattern))
	}
	slices.Sort(now.Patterns)
	var err error
	if now.Upstream, err = b.upstreams(t); err != nil {
		return now, err
	}
	if now.Inputs, err = b.inputs(s, t, known); err != nil {
		return now, err
	}
	if s.hashed > 0 {
		now.InputsAt = s.at
	}
	return now, nil
}

// mostUpstream is how many tasks before it a record tells apart.
const mostUpstream = 100

// upstreams has the outputs of each task before it, or one sum of all where there
// are many: a thousand tasks may wait on a thousand others.
func (b *Book) upstreams(t Task) (map[string]string, error) {
	if len(t.Upstream) == 0 {
		return nil, nil
	}
	if len(t.Upstream) > mostUpstream {
		return b.upstreamSum(t.Upstream)
	}
	all := make(map[string]string, len(t.Upstream))
	for _, name := range t.Upstream {
		result, err := b.upstream(name)
		if err != nil {
			return nil, err
		}
		all[name] = result
	}
	return all, nil
}

func (b *Book) upstreamSum(names []string) (map[string]string, error) {
	h := sha256.New()
	for _, name := range names {
		result, err := b.upstream(name)
		if err != nil {
			return nil, err
		}
		_, _ = io.WriteString(h, name+" "+result+"\n")
	}
	return map[string]string{fmt.Sprintf("the %d tasks before it", len(names)): hex.EncodeToString(h.Sum(nil))}, nil
}

// hashEach keeps of variables what tells whether they are the same.
func hashEach(env []string) map[string]string {
	if len(env) == 0 {
		return nil
	}
	all := make(map[string]string, len(env))
	for _, variable := range env {
		name, _, _ := strings.Cut(variable, "=")
		all[name] = sum([]byte(variable))
	}
	return all
}

// completable says that the attempt was of what the task is now, and succeeded.
func (p *picture) completable() bool {
	a := p.attempted
	return p.succeeded && a.Format == format && a.File == p.now.File &&
		slices.Equal(a.Patterns, p.now.Patterns) && len(differences(Task{}, a, &p.now)) == 0
}

// judge draws the conclusion. The order of the reasons is always the same.
func (b *Book) judge(p *picture) Verdict {
	var reasons []string
	if p.task.Because != "" {
		reasons = append(reasons, p.task.Because)
	}
	switch {
	case p.finished:
	case p.old == nil && p.attempted == nil:
		reasons = append(reasons, "it has no record of a success")
	case p.old == nil:
		reasons = append(reasons, "its last attempt failed or was interrupted")
	case p.old.torn:
		reasons = append(reasons, "its record cannot be read")
	case p.old.Format != format:
		reasons = append(reasons, "its record has another format")
	case p.old.File != b.file:
		reasons = append(reasons, fmt.Sprintf("its record is that of a task in %q", p.old.File))
	default:
		reasons = append(reasons, differences(p.task, p.old, &p.now)...)
		reasons = append(reasons, p.outputReasons()...)
	}
	if len(reasons) > 0 {
		return Verdict{Reasons: reasons, Begun: p.begun()}
	}
	return Verdict{Current: true, Reasons: []string{p.whyCurrent()}}
}

// begun is the run of an attempt that has made the record void.
func (p *picture) begun() string {
	if p.task.Because != "" || p.old != nil || p.attempted == nil {
		return ""
	}
	return p.attempted.Run
}

// outputReasons are those that outputs give. A missing one counts whatever the
// kinds are, and so does one that the task has not had before.
func (p *picture) outputReasons() []string {
	var all []string
	for _, pattern := range p.now.Patterns {
		if !slices.Contains(p.old.Patterns, pattern) {
			all = append(all, "output added: "+pattern)
		}
	}
	for _, pattern := range p.old.Patterns {
		if counts(p.task, Outputs) && !slices.Contains(p.now.Patterns, pattern) {
			all = append(all, "output removed from the list: "+pattern)
		}
	}
	for _, path := range p.missing {
		all = append(all, "output missing: "+plain(path))
	}
	for _, path := range p.edited() {
		all = append(all, "output changed: "+plain(path))
	}
	return all
}

// edited are the outputs that somebody has changed, if that counts.
func (p *picture) edited() []string {
	if !counts(p.task, Outputs) {
		return nil
	}
	return p.changed
}

// whyCurrent says why a task need not run.
func (p *picture) whyCurrent() string {
	if p.finished {
		return "it had finished before wprun was killed"
	}
	return fmt.Sprintf("nothing has changed (inputs: %d, outputs: %d)", len(p.now.Inputs), len(p.now.Outputs))
}
