package runner

import (
	"context"

	"wprun/internal/engine"
)

// message is news for the loop from another goroutine: an event, or changes of
// directories that the loop has to look at itself.
type message struct {
	event   engine.Event
	changes []Change
}

// inbox brings messages to the loop, which sleeps in its executor.
type inbox struct {
	ctx      context.Context
	wake     func()
	messages chan message
}

func newInbox(ctx context.Context, wake func()) *inbox {
	return &inbox{ctx: ctx, wake: wake, messages: make(chan message, 64)}
}

// send hands a message over, unless the run is over.
func (in *inbox) send(m message) {
	if in.ctx.Err() != nil {
		return // select would take either way
	}
	select {
	case in.messages <- m:
		in.wake()
	case <-in.ctx.Done():
	}
}

// receive returns a message if there is one.
func (in *inbox) receive() (message, bool) {
	select {
	case m := <-in.messages:
		return m, true
	default:
		return message{}, false
	}
}
