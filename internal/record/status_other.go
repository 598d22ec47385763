//go:build unix && !linux

package record

import "syscall"

func modified(st *syscall.Stat_t) int64 { return st.Mtimespec.Nano() }

func changed(st *syscall.Stat_t) int64 { return st.Ctimespec.Nano() }
