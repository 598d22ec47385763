package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// peakMode is the first argument that makes this program run a command and print
// the memory of the largest of its processes, in KiB. What starts a process lends
// it its own size as a peak (getrusage(2)), so what starts this one has to be small.
const peakMode = "peak"

// peakMain does that; it returns the exit code of the command.
func peakMain(argv []string) int {
	if len(argv) == 0 {
		return 2
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 1
	}
	fmt.Println(usage.Maxrss)
	return 0
}

// peak is the memory, in MB, of the largest of the processes of a command.
func (l *lab) peak(ctx context.Context, dir string, argv []string) (float64, error) {
	cmd, errFile, err := prepare(ctx, dir, append([]string{l.self, peakMode}, argv...))
	if err != nil {
		return 0, err
	}
	defer errFile.Close()
	var said strings.Builder
	cmd.Stdout = &said
	if err := cmd.Run(); err != nil {
		return 0, explain(cmd, errFile.Name(), err)
	}
	kib, err := strconv.Atoi(strings.TrimSpace(said.String()))
	if err != nil {
		return 0, fmt.Errorf("cannot tell the memory of %q: %w", filepath.Base(argv[0]), err)
	}
	return float64(kib) * 1024 / 1e6, nil
}
