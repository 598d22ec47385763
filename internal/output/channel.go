package output

import (
	"bytes"
	"regexp"
	"slices"
	"time"
)

// lastLines is how many lines are shown of a process that has failed.
const lastLines = 20

// Channel takes the output of one process. Its methods are called by one
// goroutine at a time.
type Channel struct {
	hub  *Hub
	name string
	// look is made for the first line that is shown: most commands write none.
	look     *look
	log      logFile
	lines    splitter
	live     bool  // lines are shown as they come
	ended    int   // newlines since the start, for what is shown at the end
	told     int64 // the end of the log that was shown last
	matchers []matcher
}

type matcher struct {
	re   *regexp.Regexp
	done chan struct{}
}

// scratch is the memory in which a call of Write makes lines.
type scratch struct{ lines, stamp []byte }

// Match returns a channel that is closed when a line matches re, as it is shown
// without colours. A line counts when its newline has come. Lines that were
// written before the call do not count.
func (c *Channel) Match(re *regexp.Regexp) <-chan struct{} {
	if len(c.matchers) == 0 && !c.shown() {
		c.lines = splitter{} // what it holds is from long ago
	}
	m := matcher{re: re, done: make(chan struct{})}
	c.matchers = append(c.matchers, m)
	return m.done
}

// Write takes bytes that the process has written. It keeps nothing of p.
func (c *Channel) Write(p []byte) {
	if len(p) == 0 {
		return
	}
	p = c.save(p)
	if shown := c.shown(); shown || len(c.matchers) > 0 {
		c.scan(p, shown)
	}
}

func (c *Channel) shown() bool { return c.live && !c.hub.screen.gone.Load() }

// save appends p to the log and returns what the screen has to show of it. When
// the log fails, what is in it is shown and the rest comes live.
func (c *Channel) save(p []byte) []byte {
	whole := c.log.whole()
	n, err := c.log.write(p)
	if whole && !c.log.whole() {
		c.hub.screen.lose()
	}
	if !c.live {
		c.ended += bytes.Count(p[:n], []byte("\n"))
	}
	if err != nil {
		c.hub.warn(c.log.path, err)
	}
	if err == nil || c.live {
		return p
	}
	c.showLog()
	c.live, c.lines = true, splitter{}
	return p[n:]
}

// scan passes on the lines that end in p, in batches, and holds the rest.
func (c *Channel) scan(p []byte, shown bool) {
	s, look := c.hub.borrow(), c.looks()
	s.stamp = look.stamp(s.stamp[:0], look.now())
	count := 0
	for {
		pc, rest, ok := c.lines.next(p)
		if !ok {
			break
		}
		p = rest
		if len(c.matchers) > 0 {
			s.lines = c.match(s.lines, pc)
		}
		if !shown {
			continue
		}
		s.lines = look.line(s.lines, s.stamp, pc)
		if count++; len(s.lines) >= batch {
			c.hub.screen.output(s.lines, count)
			s.lines, count = s.lines[:0], 0
		}
	}
	c.hub.screen.output(s.lines, count)
	c.hub.scratch.Put(s)
}

// looks is how lines of the process appear.
func (c *Channel) looks() *look {
	if c.look == nil {
		c.look = c.hub.lookOf(c.name)
	}
	return c.look
}

// match closes the channels of the matchers that pc satisfies. It uses the
// memory behind the end of dst.
func (c *Channel) match(dst []byte, pc piece) []byte {
	grown := appendText(dst, pc.text, false)
	text := grown[len(dst):]
	c.matchers = slices.DeleteFunc(c.matchers, func(m matcher) bool {
		if !m.re.Match(text) {
			return false
		}
		close(m.done)
		return true
	})
	return grown[:len(dst)]
}

// End shows what is still to be shown of the process and closes the log.
func (c *Channel) End(failed bool) {
	if pc, ok := c.lines.flush(); ok && c.live {
		look := c.looks()
		c.hub.screen.output(look.line(nil, look.stamp(nil, look.now()), pc), 1)
	}
	err := c.log.close()
	if !c.live && (c.hub.config.Mode == Grouped || failed) {
		c.showLog()
	}
	if err != nil {
		c.hub.warn(c.log.path, err)
		c.live = true
	}
	c.lines, c.ended, c.log.start = splitter{}, 0, c.log.end
}

// showLog queues what the log has of this process, or the last lines of it.
func (c *Channel) showLog() {
	if c.log.end == c.log.start {
		return
	}
	lines := c.ended + 1 // the last one may have no newline
	tail := 0
	if c.hub.config.Mode == Quiet {
		tail = lastLines
		lines = min(lines, lastLines)
	}
	c.show(c.log.start, tail, lines)
}

// show queues the log from start on, or the last lines of that if tail is not 0.
func (c *Channel) show(start int64, tail, lines int) {
	b := &block{log: c.log.parts, start: start, end: c.log.end, tail: tail, look: *c.looks(), at: time.Now()}
	if c.log.rule.Timestamps {
		b.look.skip = len(logTime)
	}
	c.told = c.log.end
	c.hub.screen.show(b, lines)
}

// ShowLast says title as a line of wprun's own and shows the last 20 lines of
// the log behind it. It does nothing if there are none, if End has just shown
// them, or with JSON. It may be called before End or after.
func (c *Channel) ShowLast(title string) {
	if c.hub.config.Mode == JSON || c.log.end == c.log.first || c.told == c.log.end {
		return
	}
	c.hub.Say(title)
	c.show(c.log.first, lastLines, lastLines)
}

func (h *Hub) borrow() *scratch {
	if s, ok := h.scratch.Get().(*scratch); ok {
		s.lines = s.lines[:0]
		return s
	}
	return &scratch{lines: make([]byte, 0, batch+batch/4)}
}
