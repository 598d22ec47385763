//go:build !linux

package main

import "time"

// monotonic is the wall clock in nanoseconds: what every process of the
// machine shares where CLOCK_MONOTONIC is out of reach.
func monotonic() int64 { return time.Now().UnixNano() }
