package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMakesItsDirectoryAfterTheOther(t *testing.T) {
	dir := t.TempDir()
	watched, made := filepath.Join(dir, "a.watch"), filepath.Join(dir, "b.watch")
	synctest.Test(t, func(t *testing.T) {
		done := make(chan error)
		go func() { done <- relay(watched, made, time.Minute) }()
		synctest.Wait()
		if isDir(made) {
			t.Error("made its directory before it found the other")
		}
		if err := os.Mkdir(watched, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil || !isDir(made) {
			t.Errorf("got error %v and its directory made: %v", err, isDir(made))
		}
	})
}

func TestGivesUp(t *testing.T) {
	dir := t.TempDir()
	watched := filepath.Join(dir, "a.watch")
	if err := os.WriteFile(watched, nil, 0o666); err != nil { // a file is no signal
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		err := relay(watched, filepath.Join(dir, "b.watch"), time.Minute)
		if err == nil || !strings.Contains(err.Error(), "cannot find") {
			t.Errorf("got error %v", err)
		}
	})
}
