//go:build linux && !amd64

package proc

// fork is not supported here yet.
func (s *Set) fork(*process, string, []uintptr) error { return errNoFork }
