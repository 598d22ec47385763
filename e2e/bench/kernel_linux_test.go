package main

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCPUOf(t *testing.T) {
	before, err := cpuOf(os.Getpid())
	if err != nil || before <= 0 {
		t.Fatalf("%v, %v", before, err)
	}
	for {
		after, err := cpuOf(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		// Less than a tick, which /proc would not tell.
		if after > before+time.Millisecond {
			break
		}
	}
	// The largest that the kernel has is 1<<22.
	if used, err := cpuOf(1 << 23); err == nil {
		t.Errorf("a process that cannot be has used %v", used)
	}
}

func TestFileSystem(t *testing.T) {
	for dir, want := range map[string]string{"/proc": "of statfs type 0x9fa0", "/nowhere/at/all": "unknown"} {
		if got := fileSystem(dir); got != want {
			t.Errorf("%s is %q, want %q", dir, got, want)
		}
	}
}

// What a process takes is not what has started it takes.
func TestPeakIsNotInherited(t *testing.T) {
	const ballast = 300 << 20
	data, err := unix.Mmap(-1, 0, ballast, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_POPULATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(data)
	l, _ := smallLab(t, fakeGood)
	megabytes, err := l.peak(t.Context(), t.TempDir(), []string{"/bin/true"})
	if err != nil || megabytes <= 0 || megabytes > 150 {
		t.Errorf("%.1f MB, %v", megabytes, err)
	}
}
