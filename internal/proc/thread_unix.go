//go:build unix && !linux

package proc

// OnThread calls f; nothing ties commands to a thread here.
func OnThread(f func()) { f() }
