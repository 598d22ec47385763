package proc

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Cgroup is a control group (version 2) of our own. All that is started in it
// can be ended at once, whatever it does.
type Cgroup struct {
	path string
	dir  *os.File
}

// Delegated makes a child of this program's control group, if that was given to
// this program's user to divide. Most often it was not. A start in the group may
// be refused too. An error is no reason to tell anybody.
func Delegated(name string) (*Cgroup, error) {
	own, err := ownCgroup()
	if err != nil {
		return nil, fmt.Errorf("cannot find the control group: %w", err)
	}
	if !given(own) {
		return nil, fmt.Errorf("cannot use the control group %q: it is somebody else's to divide", own)
	}
	c := &Cgroup{path: filepath.Join(own, name)}
	if err := os.Mkdir(c.path, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make a control group: %w", err)
	}
	// Linux 5.14; and the right to use it.
	err = unix.Access(filepath.Join(c.path, "cgroup.kill"), unix.W_OK)
	if err == nil {
		c.dir, err = os.Open(c.path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot use the control group %q: %w", c.path, err), os.Remove(c.path))
	}
	return c, nil
}

// given says that a group may be divided. To root everything is allowed: there
// the mark of the service manager counts (systemd's CGROUP_DELEGATION.md).
func given(group string) bool {
	if os.Geteuid() != 0 {
		return unix.Access(group, unix.W_OK) == nil
	}
	for _, name := range []string{"trusted.delegate", "user.delegate"} {
		var value [1]byte
		if n, err := unix.Getxattr(group, name, value[:]); err == nil && n == 1 && value[0] == '1' {
			return true
		}
	}
	return false
}

// FD is for syscall.SysProcAttr.CgroupFD, until Remove.
func (c *Cgroup) FD() int { return int(c.dir.Fd()) }

// Kill sends SIGKILL to every process of the group and of groups below it.
func (c *Cgroup) Kill() error {
	if err := os.WriteFile(filepath.Join(c.path, "cgroup.kill"), []byte("1"), 0); err != nil {
		return fmt.Errorf("cannot kill the control group %q: %w", c.path, err)
	}
	return nil
}

// removeTries is how often Remove looks whether killed processes have gone: for
// a second in all.
const removeTries = 100

// Remove removes the group and those below it, once their processes have ended.
func (c *Cgroup) Remove() error {
	err := c.dir.Close()
	for try := 0; err == nil || errors.Is(err, unix.EBUSY) && try < removeTries; try++ {
		if err = c.removeAll(); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("cannot remove the control group %q: %w", c.path, err)
}

// removeAll removes the groups, the deepest first.
func (c *Cgroup) removeAll() error {
	var groups []string
	_ = filepath.WalkDir(c.path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			groups = append(groups, path)
		}
		return nil
	})
	slices.Reverse(groups)
	for _, group := range groups {
		if err := unix.Rmdir(group); err != nil {
			return err
		}
	}
	return nil
}

// ownCgroup returns the directory of this program's group. See cgroups(7) and,
// for the fields of mountinfo, proc_pid_mountinfo(5).
func ownCgroup() (string, error) {
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	var group string
	for line := range strings.Lines(string(groups)) {
		if path, ok := strings.CutPrefix(line, "0::"); ok {
			group = strings.TrimSuffix(path, "\n")
		}
	}
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	defer mounts.Close()
	return underMount(group, bufio.NewScanner(mounts))
}

// underMount finds where a group is mounted.
func underMount(group string, mountinfo *bufio.Scanner) (string, error) {
	for mountinfo.Scan() {
		mount, kind, _ := strings.Cut(mountinfo.Text(), " - ")
		fields := strings.Fields(mount)
		if len(fields) < 5 || !strings.HasPrefix(kind, "cgroup2 ") {
			continue
		}
		below, err := filepath.Rel(fields[3], group)
		if err == nil && filepath.IsLocal(below) {
			return filepath.Join(fields[4], below), nil
		}
	}
	return "", errors.New("version 2 is not mounted")
}
