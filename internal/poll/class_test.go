package poll

import (
	"syscall"
	"testing"
	"time"
)

func TestCeiling(t *testing.T) {
	for _, test := range []struct {
		class Class
		heard bool
		want  time.Duration
	}{
		{Class{}, true, time.Second},
		{Class{}, false, time.Second},
		{Class{local: true}, true, 2 * time.Second},
		{Class{local: true}, false, time.Second},
		{Class{Remote: "NFS"}, true, 3 * time.Second},
		{Class{Remote: "NFS"}, false, 3 * time.Second},
	} {
		if got := test.class.Ceiling(test.heard); got != test.want {
			t.Errorf("%+v, events %v: %v, want %v", test.class, test.heard, got, test.want)
		}
	}
}

func TestWarningAndRefusal(t *testing.T) {
	const nfs = `cannot see at once what happens in "/data": on a file system of type NFS it is polled, up to 3s late`
	if got := (Class{Remote: "NFS"}).Warning("/data"); got != nfs {
		t.Error(got)
	}
	for err, want := range map[error]string{
		syscall.EMFILE: "cannot be told of changes in x: too many open files; it is polled, up to 1s late; raise the sysctl fs.inotify.max_user_instances",
		syscall.ENOSPC: "cannot be told of changes in x: no space left on device; it is polled, up to 1s late; raise the sysctl fs.inotify.max_user_watches",
		syscall.EPERM:  "cannot be told of changes in x: operation not permitted; it is polled, up to 1s late",
	} {
		if got := Refusal("x", err); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestWhatCannotBeLookedAtIsUnknown(t *testing.T) {
	if got := ClassOf(t.TempDir() + "/nosuch"); got != (Class{}) {
		t.Errorf("%+v", got)
	}
}
