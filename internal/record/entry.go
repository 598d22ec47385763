package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Entry is one file of the inputs or outputs.
type Entry struct {
	Path string `json:"path"`
	stamp
	// Hash is that of the content; of a link to nowhere or to a directory, that
	// of its text.
	Hash string `json:"hash"`
}

// stamp is what the file system says of a file. Stamps are compared for equality:
// which of two is the later one says nothing about which content is the right one.
type stamp struct {
	Size  int64  `json:"size"`
	Mtime int64  `json:"mtime"` // nanoseconds
	Ctime int64  `json:"ctime"` // nanoseconds; nobody can set it
	Inode uint64 `json:"inode"`
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{Size: info.Size(), Mtime: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Inode, s.Ctime = st.Ino, changed(st)
	}
	return s
}

// settled says that a file which still has this stamp has not been changed since
// a time of the file system's clock: that clock has steps, and two changes within
// one of them look the same.
func (s stamp) settled(clock int64) bool { return s.Mtime < clock && s.Ctime < clock }

// look stats and, unless the stamp is one that was known and can be relied on,
// hashes a file.
func look(path, name string, known *Entry, clock int64) (Entry, error) {
	info, err := os.Stat(path)
	if absent(err) || err == nil && info.IsDir() {
		info, err = os.Lstat(path)
	}
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Path: name, stamp: stampOf(info)}
	if known != nil && known.stamp == e.stamp && e.settled(clock) {
		e.Hash = known.Hash
		return e, nil
	}
	e.Hash, err = hashOf(path, info)
	return e, err
}

func hashOf(path string, info fs.FileInfo) (string, error) {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		text, err := os.Readlink(path)
		return sum([]byte("link " + text)), err
	case info.IsDir():
		return sum([]byte("directory")), nil
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("cannot compare %q: it is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// clock is the time of the file system that holds the book, by its own clock:
// no clock of a host counts.
func (b *Book) clock() (int64, error) {
	name := b.path(".clock", "")
	if err := os.WriteFile(name, []byte("\n"), 0o600); err != nil {
		return 0, fmt.Errorf("cannot tell the time of the file system: %w", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return 0, fmt.Errorf("cannot tell the time of the file system: %w", err)
	}
	return info.ModTime().UnixNano(), nil
}
