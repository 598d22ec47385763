package watchpoint

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncDevice writes all of the file system that holds dir to its disk, see
// syncfs(2).
func syncDevice(dir string) error {
	f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}
