// Package procfs reads what /proc tells of processes. Only Linux has one.
package procfs
