package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

func versionRows() []row {
	return []row{newRow("wprun version", "ms", times(1.5, colHello))}
}

const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// measureVersion times the start of the program beside the least of Go's.
func (l *lab) measureVersion(ctx context.Context, rows []row) {
	dir, err := l.sub("version")
	if err != nil {
		l.fail(rows, colWprun, err)
		return
	}
	program, source := filepath.Join(dir, "hello"), filepath.Join(dir, "hello.go")
	run := func(argv ...string) func(context.Context) (float64, error) {
		return meanOf(l.starts, func(ctx context.Context) (float64, error) { return timed(ctx, dir, argv) })
	}
	l.alternate(ctx, []contender{
		{
			column: colWprun, into: rows, run: run(l.wprun, "version"),
			prove: func(context.Context) error { return l.wprunErr },
		},
		{
			column: colHello, into: rows, run: run(program),
			prove: func(ctx context.Context) error {
				return errors.Join(os.WriteFile(source, []byte(hello), 0o600), build(ctx, program, source))
			},
		},
	})
}
