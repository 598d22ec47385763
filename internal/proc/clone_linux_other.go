//go:build linux && !amd64

package proc

// child is not supported here yet.
type child struct{}

func (*child) over() bool     { return true }
func (*child) failure() error { return nil }

func (s *Set) fork(*process) error { return errNoFork }
