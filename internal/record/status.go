package record

import (
	"errors"
	"syscall"
)

// stamp is what the file system says of a file. Stamps are compared for equality:
// which of two is the later one says nothing about which content is the right one.
type stamp struct {
	Size  int64
	Mtime int64 // nanoseconds
	Ctime int64 // nanoseconds; nobody can set it
	Inode uint64
}

// status is a stamp with what is not recorded.
type status struct {
	stamp
	mode   uint32 // 0 if nothing is known
	device uint64
}

func (s status) isDir() bool { return s.mode&syscall.S_IFMT == syscall.S_IFDIR }

func (s status) isLink() bool { return s.mode&syscall.S_IFMT == syscall.S_IFLNK }

func (s status) isRegular() bool { return s.mode&syscall.S_IFMT == syscall.S_IFREG }

// stat and lstat are those of package os for a hundred thousand files: what they
// return takes no memory.
func stat(path string) (status, error) {
	var st syscall.Stat_t
	err := syscall.Stat(path, &st)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Stat(path, &st)
	}
	return statusOf(&st), pathError("stat", path, err)
}

func lstat(path string) (status, error) {
	var st syscall.Stat_t
	err := syscall.Lstat(path, &st)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Lstat(path, &st)
	}
	return statusOf(&st), pathError("lstat", path, err)
}

func statusOf(st *syscall.Stat_t) status {
	return status{
		stamp:  stamp{Size: st.Size, Mtime: mtime(st), Ctime: ctime(st), Inode: st.Ino},
		mode:   uint32(st.Mode),
		device: uint64(st.Dev),
	}
}
