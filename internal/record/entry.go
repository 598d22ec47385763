package record

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// Entry is one file of the inputs or outputs. In a record it is one line, which
// takes a fifth of the time to read that an object takes:
//
//	HASH SIZE MTIME CTIME INODE PATH
type Entry struct {
	Path string
	stamp
	// Hash is that of the content; of a link to nowhere or to a directory, that
	// of its text.
	Hash string
}

// MarshalText is one line.
func (e Entry) MarshalText() ([]byte, error) {
	line := append(make([]byte, 0, lineSize), cmp.Or(e.Hash, noHash)...)
	for _, number := range []int64{e.Size, e.Mtime, e.Ctime} {
		line = strconv.AppendInt(append(line, ' '), number, 10)
	}
	line = strconv.AppendUint(append(line, ' '), e.Inode, 10)
	return append(append(line, ' '), plain(e.Path)...), nil
}

// lineSize holds a hash, four numbers and a path of usual length.
const lineSize = 160

// plain quotes a path that could not be told from a quoted one, or is no text for a
// terminal.
func plain(path string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if strings.HasPrefix(path, `"`) || !utf8.ValidString(path) || strings.ContainsFunc(path, odd) {
		return strconv.Quote(path)
	}
	return path
}

// fromPlain is the opposite of plain.
func fromPlain(text string) (path string, err error) {
	if strings.HasPrefix(text, `"`) {
		return strconv.Unquote(text)
	}
	return text, nil
}

// emptyDirectory is the hash of a directory that is listed itself.
var emptyDirectory = sum([]byte("directory"))

// noHash stands for the hash of a file that has not been hashed yet.
const noHash = "-"

// UnmarshalText is the opposite of MarshalText.
func (e *Entry) UnmarshalText(line []byte) (err error) {
	text := string(line)
	e.Hash, text, _ = strings.Cut(text, " ")
	if e.Hash == noHash {
		e.Hash = ""
	}
	for _, number := range []*int64{&e.Size, &e.Mtime, &e.Ctime} {
		if err == nil {
			*number, text, err = leading(text, strconv.ParseInt)
		}
	}
	if err == nil {
		e.Inode, text, err = leading(text, strconv.ParseUint)
	}
	if err == nil {
		e.Path, err = fromPlain(text)
	}
	return err
}

// leading cuts a number from the beginning of a text.
func leading[N int64 | uint64](text string, parse func(string, int, int) (N, error)) (number N, rest string, err error) {
	word, rest, more := strings.Cut(text, " ")
	if !more {
		return 0, "", fmt.Errorf("nothing follows %q", word)
	}
	number, err = parse(word, 10, 64)
	return number, rest, err
}

// longestStep is that of the clocks of file systems, of FAT.
const longestStep = int64(2 * time.Second)

// settled says that a file which still has this status has not been changed since
// a time of the clock of the book's file system: such a clock has steps, and two
// changes within one of them look the same. On another file system they may be
// longer.
func (b *Book) settled(now status, clock int64) bool {
	if now.device != b.device() {
		clock -= longestStep
	}
	return now.Mtime < clock && now.Ctime < clock
}

// hashed is a hash that holds as long as the file has the stamp.
type hashed struct {
	stamp
	hash string
}

// sight looks at files for one question.
type sight struct {
	ctx   context.Context
	book  *Book
	clock func() (int64, error)
	// at is the time of the file system before anything was hashed; 0 until then.
	at int64
	// hashed counts the files whose stamp was not enough.
	hashed int
}

func (b *Book) sight(ctx context.Context, clock func() (int64, error)) *sight {
	return &sight{ctx: ctx, book: b, clock: clock}
}

// noClock is for what is not written: no stamp is relied on later.
func noClock() (int64, error) { return 0, nil }

// entry stats a file and, unless the stamp is one that was known and can be relied
// on, hashes it.
func (s *sight) entry(f file, known *Entry, clock int64) (Entry, error) {
	if err := s.ctx.Err(); err != nil {
		return Entry{}, err
	}
	now, err := f.stat()
	if err != nil {
		return Entry{}, err
	}
	e := Entry{stamp: now.stamp}
	if known != nil {
		e.Path = known.Path
		if known.stamp == e.stamp && known.Hash != "" && s.book.settled(now, clock) {
			e.Hash = known.Hash
			return e, nil
		}
	} else {
		e.Path = s.book.near(f.path)
	}
	e.Hash, err = s.hash(f.path, now)
	return e, err
}

// hash reads a file. The clock is looked at between stat and reading: what changes
// after that has another stamp, or one that is not settled.
func (s *sight) hash(path string, now status) (string, error) {
	if s.hashed == 0 {
		var err error
		if s.at, err = s.clock(); err != nil {
			return "", err
		}
	}
	s.hashed++
	if hash, ok := s.book.hashOf(path, now.stamp); ok {
		return hash, nil
	}
	hash, err := hashFile(s.ctx, path, now)
	if err == nil && s.book.settled(now, s.at) {
		s.book.keepHash(path, hashed{now.stamp, hash})
	}
	return hash, err
}

func (b *Book) hashOf(path string, now stamp) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, ok := b.hashes[path]
	return h.hash, ok && h.stamp == now
}

func (b *Book) keepHash(path string, h hashed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hashes[path] = h
}

func hashFile(ctx context.Context, path string, now status) (string, error) {
	switch {
	case now.isLink():
		text, err := os.Readlink(path)
		return sum([]byte("link " + text)), err
	case now.isDir():
		return emptyDirectory, nil
	case !now.isRegular():
		return "", fmt.Errorf("cannot compare %q: it is no regular file", path)
	}
	f, err := open(path, syscall.O_RDONLY)
	if err != nil {
		return "", err
	}
	defer f.close()
	h := sha256.New()
	buffer := make([]byte, max(1, min(now.Size, 32<<10)))
	if _, err := io.CopyBuffer(h, reader{ctx, f}, buffer); err != nil {
		return "", fmt.Errorf("cannot read %q: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// reader ends with its context: a large file is left soon.
type reader struct {
	ctx context.Context
	f   openFile
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.f.Read(p)
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// clock is the time of the file system that holds the book, by its own clock:
// no clock of a host counts.
func (b *Book) clock() (int64, error) {
	name := b.path(".clock", "")
	// Some file systems would flush a file that is truncated. Closing sends it to where
	// the clock is.
	if err := b.act(func() error { return writeFile(name, 0, []byte("\n")) }); err != nil {
		return 0, fmt.Errorf("cannot tell the time of the file system: %w", err)
	}
	now, err := stat(name)
	if err != nil {
		return 0, fmt.Errorf("cannot tell the time of the file system: %w", err)
	}
	return now.Mtime, nil
}
