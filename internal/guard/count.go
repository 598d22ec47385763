package guard

import (
	"syscall"
	"time"
)

// road is how a request to stop reaches a process.
type road uint8

const (
	byFront road = iota // which has left out echoes
	direct
	roads
)

// echo is the time within which a signal that comes again is the same one:
// timeout(1) sends it to the process and to its group. Who presses Ctrl-C twice
// takes longer.
const echo = 20 * time.Millisecond

// count counts the requests to stop. What is sent to every process of a run
// reaches the supervisor by two roads and is one request: the roads are counted
// apart, and the larger count holds.
type count struct {
	n      [roads]int
	latest syscall.Signal // of the direct ones
	at     time.Time
}

// add counts a signal and says whether it is a new request.
func (c *count) add(by road, s syscall.Signal, at time.Time) bool {
	if by == direct {
		again := s == c.latest && at.Sub(c.at) < echo
		c.latest, c.at = s, at
		if again {
			return false
		}
	}
	before := c.total()
	c.n[by]++
	return c.total() > before
}

func (c *count) total() int { return max(c.n[byFront], c.n[direct]) }
