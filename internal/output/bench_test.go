package output

import (
	"bytes"
	"io"
	"os"
	"syscall"
	"testing"
	"time"
)

// cpuTime is the processor time that this program has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWrite writes 2 million lines of 75 bytes to a log file and a pipe that
// is read to nowhere. The processor time is that of all of it, the reader too.
func BenchmarkWrite(b *testing.B) {
	const lines = 2_000_000
	line := []byte("2026-11-22 09:15:30 INFO request 1234567 served in 12 ms from the cache ok\n")
	for _, bm := range []struct {
		name   string
		chunk  int
		config Config
	}{
		{"chunk=64KiB", 64 << 10, Config{}},
		{"chunk=1MiB", 1 << 20, Config{}},
		{"color+timestamps", 64 << 10, Config{Color: true, Timestamps: true}},
		{"json", 64 << 10, Config{Mode: JSON}},
		{"grouped", 64 << 10, Config{Mode: Grouped}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			text := bytes.Repeat(line, bm.chunk/len(line)+1)
			b.SetBytes(int64(lines * len(line)))
			b.ReportAllocs()
			start := cpuTime(b)
			for b.Loop() {
				writeLines(b, bm.config, text[:bm.chunk], lines*len(line))
			}
			b.ReportMetric(float64((cpuTime(b)-start).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

func writeLines(b *testing.B, c Config, chunk []byte, total int) {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, r)
		read <- err
	}()
	c.Out, c.Dir, c.Names = w, b.TempDir(), []string{"a"}
	h := NewHub(c)
	channel := h.Open("a")
	for n := 0; n < total; n += len(chunk) {
		channel.Write(chunk)
	}
	channel.End(false)
	h.Close(nil)
	if h.screen.left > 0 {
		b.Fatal("lines were left out")
	}
	w.Close()
	if err := <-read; err != nil {
		b.Fatal(err)
	}
	r.Close()
}

// BenchmarkSmallWrites is a process that writes line by line.
func BenchmarkSmallWrites(b *testing.B) {
	h := NewHub(Config{Out: io.Discard, Names: []string{"a"}})
	defer h.Close(nil)
	c, line := h.Open("a"), []byte("one line of a process that writes line by line\n")
	b.ReportAllocs()
	for b.Loop() {
		c.Write(line)
	}
}

func BenchmarkAppendText(b *testing.B) {
	for _, bm := range []struct{ name, line string }{
		{"plain", "2026-11-22 09:15:30 INFO request 1234567 served in 12 ms from the cache ok"},
		{"tab", "2026-11-22\t09:15:30\tINFO\trequest 1234567\tserved in 12 ms from the cache ok"},
		{"colour", "2026-11-22 09:15:30 \x1b[32mINFO\x1b[0m request 1234567 served in 12 ms from the cache"},
		{"UTF-8", "2026-11-22 09:15:30 ✓ größe request 1234567 served in 12 ms from the cache ok"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			dst, line := make([]byte, 0, 200), []byte(bm.line)
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				appendText(dst, line, true)
			}
		})
	}
}
