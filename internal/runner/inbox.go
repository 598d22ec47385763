package runner

import "context"

// message is what the loop has to do about news from another goroutine.
type message func()

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
		return nil, false
	}
}
