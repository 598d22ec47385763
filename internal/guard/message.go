package guard

import (
	"fmt"
	"strconv"
	"strings"
)

// word is the first of a message.
type word string

const (
	// From the front.

	hello   word = "hello"    // OUT ERR: 1 where the stream is a terminal, else 0; the first message
	asked   word = "signal"   // N: the end of the run is asked for
	pause   word = "pause"    // stop all that runs, and answer paused
	goOn    word = "continue" // the end of a pause
	resized word = "size"     // ROWS COLUMNS of the terminal
	files   word = "files"    // N: the soft limit of open files that commands are to have

	// From the supervisor.

	paused word = "paused"
	ended  word = "end" // CODE SIGNAL: the last message; nothing is left
)

// numbers is how many follow a word.
func (w word) numbers() (n int, known bool) {
	switch w {
	case pause, goOn, paused:
		return 0, true
	case asked, files:
		return 1, true
	case hello, resized, ended:
		return 2, true
	}
	return 0, false
}

// bits is how large the numbers may be.
func (w word) bits() int {
	if w == files {
		return 31
	}
	return 16
}

// message is a word and the numbers that go with it; a word has two at most.
type message struct {
	word word
	a, b int
}

// String is the message as a line, without its end.
func (m message) String() string {
	switch n, _ := m.word.numbers(); n {
	case 0:
		return string(m.word)
	case 1:
		return fmt.Sprintf("%s %d", m.word, m.a)
	}
	return fmt.Sprintf("%s %d %d", m.word, m.a, m.b)
}

// parse reads a line. The numbers are not negative.
func parse(line string) (message, error) {
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return message{}, fmt.Errorf("cannot understand an empty message")
	}
	m := message{word: word(fields[0])}
	n, known := m.word.numbers()
	if !known || len(fields) != n+1 {
		return message{}, fmt.Errorf("cannot understand the message %q", line)
	}
	for i, to := range []*int{&m.a, &m.b}[:n] {
		number, err := strconv.ParseUint(fields[i+1], 10, m.word.bits())
		if err != nil {
			return message{}, fmt.Errorf("cannot understand the message %q: %w", line, err)
		}
		*to = int(number)
	}
	return m, nil
}
