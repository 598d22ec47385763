package watchpoint

import "sync"

// outbox collects what the bases have to tell until Run hands it on.
type outbox struct {
	// wake has a token when there may be something to take.
	wake chan struct{}

	mu       sync.Mutex
	changes  []Change
	warnings []string
	said     map[string]bool
	// awaited is the number of bases that have not been listed once.
	awaited int
	started bool
}

func newOutbox() *outbox {
	return &outbox{wake: make(chan struct{}, 1), said: make(map[string]bool)}
}

// await sets the number of bases to wait for before the first report.
func (o *outbox) await(bases int) {
	o.mu.Lock()
	o.awaited = bases
	o.mu.Unlock()
	signal(o.wake)
}

// listed counts a base that has been listed for the first time.
func (o *outbox) listed() {
	o.mu.Lock()
	o.awaited--
	o.mu.Unlock()
	signal(o.wake)
}

func (o *outbox) put(changes []Change) {
	if len(changes) == 0 {
		return
	}
	o.mu.Lock()
	o.changes = append(o.changes, changes...)
	o.mu.Unlock()
	signal(o.wake)
}

// say warns once about each topic.
func (o *outbox) say(topic, text string) {
	o.mu.Lock()
	if !o.said[topic] {
		o.said[topic] = true
		o.warnings = append(o.warnings, text)
	}
	o.mu.Unlock()
	signal(o.wake)
}

// forget lets a topic be warned about again.
func (o *outbox) forget(topic string) {
	o.mu.Lock()
	delete(o.said, topic)
	o.mu.Unlock()
}

// take hands over what is due. Nil changes mean that there is nothing to report;
// the first changes are never nil.
func (o *outbox) take() ([]Change, []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	warnings := o.warnings
	o.warnings = nil
	if !o.started && o.awaited > 0 {
		return nil, warnings
	}
	changes := o.changes
	if changes == nil && !o.started {
		changes = []Change{}
	}
	o.changes, o.started = nil, true
	return changes, warnings
}

// signal leaves a token for whoever waits; one is enough for any number of them.
func signal(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
