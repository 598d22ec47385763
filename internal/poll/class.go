package poll

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Class says what events are worth on a file system. The zero Class is one that
// is not known: events are used, and not relied on.
type Class struct {
	// Remote is the name of a file system that tells of no change made elsewhere.
	Remote string
	// local file systems tell of every change.
	local bool
}

// Ceiling is the longest interval between two looks; heard says that events can
// come at all.
func (c Class) Ceiling(heard bool) time.Duration {
	switch {
	case c.Remote != "":
		return 3 * time.Second
	case c.local && heard:
		return 2 * time.Second
	default:
		return time.Second
	}
}

// Warning says that a directory on a file system with a Remote can only be
// polled.
func (c Class) Warning(dir string) string {
	return fmt.Sprintf("cannot see at once what happens in %q: on a file system of type %s it is polled, up to %v late",
		dir, c.Remote, c.Ceiling(false))
}

// Refusal says that what can only be polled, since the system gave err when asked
// for events, and how to change that.
func Refusal(what string, err error) string {
	text := fmt.Sprintf("cannot be told of changes in %s: %v; it is polled, up to %v late", what, err, Class{}.Ceiling(false))
	switch {
	case errors.Is(err, syscall.EMFILE):
		text += "; raise the sysctl fs.inotify.max_user_instances"
	case errors.Is(err, syscall.ENOSPC):
		text += "; raise the sysctl fs.inotify.max_user_watches"
	}
	return text
}
