package watchpoint_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	. "wprun/internal/watchpoint"
)

func TestPassing(t *testing.T) {
	for errno, want := range map[syscall.Errno]bool{
		syscall.ENOSPC: true, syscall.EIO: true, syscall.ENOENT: true, syscall.ESTALE: true, syscall.EEXIST: true,
		syscall.EACCES: false, syscall.EROFS: false, syscall.ENAMETOOLONG: false,
	} {
		err := fmt.Errorf("cannot create: %w", &os.PathError{Op: "mkdir", Path: "x", Err: errno})
		if Passing(err) != want {
			t.Errorf("Passing(%v) is %v", errno, !want)
		}
	}
	if Passing(nil) || Passing(errors.New("it is a file")) {
		t.Error("what is no fault of the system passes")
	}
}

func TestDurableHandlerIsAHandler(t *testing.T) {
	raw, dir := handled(t)
	h := raw.Durable(filepath.Dir(t.TempDir()), filepath.Join(t.TempDir(), "none"))
	for range 2 { // making it twice is no error
		must(t, h.Create(text))
	}
	if !exists(t, raw, text) || exists(t, h, answer) {
		t.Error("it made another watchpoint")
	}
	must(t, os.Remove(dir))
	must(t, os.WriteFile(dir, nil, 0o600))
	complains(t, h.Create(text), `"`+dir+`" is a regular file`)
}
