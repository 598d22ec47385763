package output

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

// What is written at once is one write to the log, however many lines it has.
func TestOneWriteToTheLog(t *testing.T) {
	for name, rule := range map[string]Log{"raw": {}, "times": {Timestamps: true}} {
		t.Run(name, func(t *testing.T) {
			h := NewHub(Config{Names: []string{"a"}, Dir: t.TempDir(), Logs: map[string]Log{"a": rule}})
			defer h.Close(nil)
			c := h.Open("a")
			c.Write([]byte("the log is open now\n"))
			messages := replaceByMessages(t, c)
			text := bytes.Repeat([]byte("one of very many lines\n"), batch/2/23)
			for range 5 {
				c.Write(text)
			}
			c.End(false)
			if n := <-messages; n != 5 {
				t.Errorf("%d writes to the log for 5 pieces", n)
			}
		})
	}
}

// replaceByMessages puts a socket in the place of the log of c, of which each write
// is a message, and tells how many came when the log is closed.
func replaceByMessages(t *testing.T, c *Channel) <-chan int {
	t.Helper()
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.log.file.Close()
	c.log.file = os.NewFile(uintptr(ends[0]), "log")
	count := make(chan int)
	go func() {
		defer syscall.Close(ends[1])
		buf, n := make([]byte, 4*batch), 0
		for {
			got, err := syscall.Read(ends[1], buf)
			if got == 0 || err != nil {
				break
			}
			n++
		}
		count <- n
	}()
	return count
}
