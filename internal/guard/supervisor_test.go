package guard

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
)

// linked returns a supervisor and the link of its front.
func linked(t *testing.T) (*Supervisor, *link) {
	t.Helper()
	front, fd, err := pair()
	if err != nil {
		t.Fatal(err)
	}
	s := &Supervisor{link: newLink(fd)}
	t.Cleanup(func() { front.end.Close(); s.link.end.Close() })
	return s, front
}

func expect(t *testing.T, l *link, want message) {
	t.Helper()
	if m, err := l.receive(); m != want || err != nil {
		t.Fatalf("received %v, %v; want %v", m, err, want)
	}
}

// teller is a handler that notes what it is told and pauses at once.
func teller(told *[]string) Handler {
	note := func(format string, args ...any) { *told = append(*told, fmt.Sprintf(format, args...)) }
	return Handler{
		Asked:  func(s syscall.Signal) { note("asked %d", s) },
		Resize: func(rows, cols uint16) { note("size %d %d", rows, cols) },
		Pause: func(on bool, done func()) {
			if note("pause %v", on); on {
				done()
			}
		},
	}
}

func TestPauseWithoutARunIsAnswered(t *testing.T) {
	s, front := linked(t)
	s.hear(message{word: pause})
	expect(t, front, message{word: paused})
}

func TestSupervisorTellsItsHandler(t *testing.T) {
	s, front := linked(t)
	var told []string
	s.hear(message{resized, 30, 90}) // before there is a run
	s.hear(message{word: goOn})
	s.Begin(teller(&told))
	s.hear(message{resized, 40, 100})
	s.hear(message{word: pause})
	expect(t, front, message{word: paused})
	s.hear(message{word: goOn})
	s.hear(message{asked, int(syscall.SIGINT), 0})
	s.signalled(syscall.SIGINT) // the same request by the other road
	s.hear(message{asked, int(syscall.SIGTERM), 0})
	want := []string{"size 30 90", "size 40 100", "pause true", "pause false", "asked 2", "asked 15"}
	if !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
	s.End(died(syscall.SIGINT))
	expect(t, front, message{ended, 130, 2})
}

func TestEndOfTheLinkIsTheDeathOfTheFront(t *testing.T) {
	s, front := linked(t)
	dead := make(chan struct{})
	s.Begin(Handler{Died: func() { close(dead) }})
	go s.follow(make(chan os.Signal)) // as long as this process
	front.end.Close()
	<-dead
}
