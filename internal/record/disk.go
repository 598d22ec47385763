package record

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// openFile is what os.File is, in half as many system calls: ten thousand small files are
// read, hashed and written at a time.
type openFile struct {
	fd   int
	name string
}

func open(name string, flags int) (openFile, error) {
	f := openFile{name: name}
	err := uninterrupted(func() (err error) {
		f.fd, err = syscall.Open(name, flags|syscall.O_CLOEXEC, 0o600)
		return err
	})
	return f, pathError("open", name, err)
}

// uninterrupted makes a system call again that a signal has interrupted.
func uninterrupted(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func pathError(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func (f openFile) Read(p []byte) (n int, err error) {
	err = uninterrupted(func() (err error) {
		n, err = syscall.Read(f.fd, p)
		return err
	})
	switch {
	case err != nil:
		return 0, pathError("read", f.name, err)
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}

// write writes all of a text, which a call may take a part of.
func (f openFile) write(text []byte) error {
	for len(text) > 0 {
		var n int
		err := uninterrupted(func() (err error) {
			n, err = syscall.Write(f.fd, text)
			return err
		})
		if err == nil && n == 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return pathError("write", f.name, err)
		}
		text = text[n:]
	}
	return nil
}

func (f openFile) close() error { return pathError("close", f.name, syscall.Close(f.fd)) }

// readFile returns no nil for a file that is there, even if it is empty.
func readFile(name string) ([]byte, error) {
	f, err := open(name, syscall.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.close()
	text := []byte{}
	for {
		var part [4096]byte
		n, err := f.Read(part[:])
		text = append(text, part[:n]...)
		switch {
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return nil, err
		}
	}
}

// writeFile writes from the beginning of a file, which it makes if need be. With
// syscall.O_TRUNC nothing else will be in it.
func writeFile(name string, flags int, text []byte) error {
	f, err := open(name, syscall.O_WRONLY|syscall.O_CREAT|flags)
	if err != nil {
		return err
	}
	return errors.Join(f.write(text), f.close())
}

func unlink(name string) error {
	return pathError("remove", name, uninterrupted(func() error { return syscall.Unlink(name) }))
}

func rename(from, to string) error {
	err := uninterrupted(func() error { return syscall.Rename(from, to) })
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}
