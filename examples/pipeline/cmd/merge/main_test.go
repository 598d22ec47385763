package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAddsUpResultsLargestFirst(t *testing.T) {
	files := results(t,
		"ident\terr\t2\nident\tx\t4\ntotal\tfiles\t1\n",
		"ident\terr\t3\nident\ta\t4\ntotal\tfiles\t2\n")
	var got strings.Builder
	if err := run(files, &got); err != nil {
		t.Fatal(err)
	}
	want := "ident\terr\t5\nident\ta\t4\nident\tx\t4\ntotal\tfiles\t3\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestRefusesDamagedResults(t *testing.T) {
	for name, text := range map[string]string{
		"cut short":     "ident\terr\t2\nident\tx\t4",
		"field missing": "ident\t4\n",
		"no number":     "ident\tx\tfour\n",
	} {
		t.Run(name, func(t *testing.T) {
			err := run(results(t, text), &strings.Builder{})
			if err == nil || !strings.Contains(err.Error(), "cannot read line") {
				t.Errorf("got error %v", err)
			}
		})
	}
}

func results(t *testing.T, texts ...string) []string {
	t.Helper()
	var files []string
	for i, text := range texts {
		file := filepath.Join(t.TempDir(), string(rune('0'+i))+".tsv")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
