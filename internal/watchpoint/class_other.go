//go:build !linux

package watchpoint

// classOf knows no file system here.
func classOf(string) class {
	return class{}
}
