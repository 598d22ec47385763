// Package output takes the bytes that processes write: raw into a log file per
// process, and as whole, prefixed, harmless lines onto the screen. A screen that
// is slow or stuck holds nobody up for long; a log that cannot be written stops
// nothing.
package output

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Mode says what of the processes' output reaches the screen, and when.
type Mode uint8

const (
	// Stream shows each line as it comes.
	Stream Mode = iota
	// Grouped shows all lines of a process together when it has ended.
	Grouped
	// Quiet shows the last lines of a process that has failed.
	Quiet
	// JSON writes each line as it comes, and each event, as a JSON object.
	JSON
)

// ParseMode is the mode of that name.
func ParseMode(name string) (Mode, error) {
	for m, n := range [...]string{"stream", "grouped", "quiet", "json"} {
		if n == name {
			return Mode(m), nil
		}
	}
	return Stream, fmt.Errorf("cannot show output as %q: use stream, grouped, quiet or json", name)
}

// Config describes a Hub.
type Config struct {
	Mode Mode
	// Out is for the processes' output, Err for wprun's own lines; nil discards.
	Out, Err io.Writer
	// Color lets colours through and gives each prefix one.
	Color bool
	// Timestamps puts the time of day before each line; with Grouped and Quiet
	// output has the time when its process ended.
	Timestamps bool
	// Names are all processes, in the order that gives them their colours.
	Names []string
	// Dir is the existing folder of the logs, NAME.log each; "" for no logs. A
	// process without a usable log is shown as with Stream.
	Dir string
	// Logs has what is special about the logs of some processes.
	Logs map[string]Log
	// Broken is called once, from a goroutine of its own, when Out cannot be
	// written. Out gets nothing more then; logs go on.
	Broken func(error)
}

// Hub is where the output of all processes meets. Say, Event and Close may be
// called from any goroutine.
type Hub struct {
	config  Config
	screen  *screen
	width   int
	place   map[string]int // of a name in Config.Names
	warned  atomic.Bool
	scratch sync.Pool // of *scratch
}

// NewHub starts a hub; it must be closed.
func NewHub(c Config) *Hub {
	if c.Out == nil {
		c.Out = io.Discard
	}
	if c.Err == nil {
		c.Err = io.Discard
	}
	h := &Hub{
		config: c,
		screen: newScreen(c.Out, c.Err, c.Broken),
		width:  padWidth(c.Names),
		place:  make(map[string]int, len(c.Names)),
	}
	for i, n := range c.Names {
		h.place[n] = i
	}
	if c.Dir == "" {
		h.screen.lose()
	}
	if c.Mode == JSON {
		h.screen.notice = h.screen.noticeJSON
	}
	go h.screen.run()
	return h
}

// Open makes the channel of a process. The log is opened at its first byte and
// continued if there is one of that name.
func (h *Hub) Open(name string) *Channel {
	c := &Channel{hub: h, name: name, log: newLog(h.LogPath(name), h.config.Logs[name])}
	c.live = h.config.Mode == Stream || h.config.Mode == JSON || c.log.path == ""
	return c
}

// LogPath is where the log of a process is, or will be at its first byte; "" for
// nowhere.
func (h *Hub) LogPath(name string) string {
	if file := h.config.Logs[name].File; file != "" || h.config.Dir == "" {
		return file
	}
	return filepath.Join(h.config.Dir, name+".log")
}

// Say writes a line of wprun itself to Err, after all output that was written
// before. Only what is fit for a terminal of it is written.
func (h *Hub) Say(line string) {
	var b []byte
	for text := range strings.Lines(line) {
		if h.config.Timestamps && h.config.Mode != JSON {
			b = time.Now().AppendFormat(b, clock)
		}
		b = appendText(b, []byte(strings.TrimSuffix(text, "\n")), h.config.Color)
		b = append(b, '\n')
	}
	if len(b) > 0 {
		h.screen.own(toErr, b)
	}
}

// Event writes a line, which is JSON and has its newline, to Out; with other modes than
// JSON it does nothing. It keeps nothing of line.
func (h *Hub) Event(line []byte) {
	if h.config.Mode == JSON {
		h.screen.own(toOut, line)
	}
}

// Close writes what is queued and ends the hub. It waits for the reader as long
// as that takes, but no more than 2 s after hurry was closed; then the rest is
// given up. What is written to the hub later goes to the logs alone.
func (h *Hub) Close(hurry <-chan struct{}) { h.screen.close(hurry) }

// warn tells of the first log that fails.
func (h *Hub) warn(path string, err error) {
	h.screen.lose()
	if h.warned.CompareAndSwap(false, true) {
		h.Say(fmt.Sprintf("wprun: cannot write the log %q: %v; the run goes on, and what logs cannot take is only shown", path, err))
	}
}
