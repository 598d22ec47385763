//go:build linux

// Command survivors ends wprun, make, ninja and whichever of their kind is on
// PATH in every way that somebody may, and counts what of their commands is alive
// two seconds after the tool itself is gone.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == actorMode {
		act(os.Args[2:])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "survivors:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("survivors", flag.ContinueOnError)
	given := fs.String("wprun", "", "take this wprun `PATH` instead of building one")
	only := fs.String("tools", "", "only these tools, as in `wprun,make`")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "survivors-")
	if err != nil {
		return fmt.Errorf("cannot make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	wprun := *given
	if wprun == "" {
		wprun = filepath.Join(dir, "wprun")
		if err := build(wprun, "wprun/cmd/wprun"); err != nil {
			return err
		}
	}
	for _, t := range tools(wprun, self) {
		if *only != "" && !strings.Contains(","+*only+",", ","+t.name+",") {
			continue
		}
		if t.program == "" {
			fmt.Printf("%s: not on PATH\n\n", t.name)
			continue
		}
		if err := printTable(ctx, t, dir); err != nil {
			return err
		}
	}
	return nil
}

// printTable runs the tool once for each way to end it.
func printTable(ctx context.Context, t tool, dir string) error {
	fmt.Printf("%-28s %s  tool\n", t.name+", alive after", strings.Join(actors, "  "))
	for _, w := range ways {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if w.supervisor && !t.supervised {
			continue
		}
		o, err := try(t, w, dir)
		if err != nil {
			return fmt.Errorf("cannot try %s with %s: %w", w.name, t.name, err)
		}
		fmt.Printf("%-28s", w.name)
		for _, a := range actors {
			fmt.Printf(" %*d ", len(a), o.alive[a])
		}
		fmt.Println(" " + o.end)
	}
	fmt.Println()
	return nil
}
