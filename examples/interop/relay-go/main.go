// Relay-go waits for a directory, then makes its own.
//
//	relay-go WATCHED MADE
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: relay-go WATCHED MADE")
		os.Exit(2)
	}
	if err := relay(os.Args[1], os.Args[2], time.Minute); err != nil {
		fmt.Fprintln(os.Stderr, "relay-go:", err)
		os.Exit(1)
	}
}

func relay(watched, made string, patience time.Duration) error {
	for end := time.Now().Add(patience); !isDir(watched); {
		if time.Now().After(end) {
			return fmt.Errorf("cannot find %q after %s", watched, patience)
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("found", watched)
	if err := os.Mkdir(made, 0o777); err != nil {
		return fmt.Errorf("cannot signal: %w", err)
	}
	fmt.Println("made", made)
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
