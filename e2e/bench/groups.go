package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// size says how much each row does.
type size struct {
	tasks    []int         // of a graph; each number has rows of its own
	wide     int           // tasks of a layer
	starts   int           // runs that make one sample where one takes milliseconds
	load     int           // tasks of the file that is validated, and of what is up to date
	loadDeep int           // layers of 100 of the large file, of which each task needs ten
	engine   int           // processes
	gated    int           // processes that wait
	services int           // that are ready meanwhile
	settle   time.Duration // from the start of the gated processes to the first look at their CPU
	window   time.Duration // one look at it
	lines    int           // of output
	crowd    int           // processes that write at once
	each     int           // lines of each of them
	openings int           // gates opened per row
	stopped  int           // commands that are stopped at once
	outlast  time.Duration // by how much one of them may outlast its tool
}

func fullSize() size {
	return size{
		tasks: []int{1000, 10_000}, wide: 20, starts: 10, load: 10_000, loadDeep: 1001, engine: 100_000,
		gated: 1000, services: 100, settle: 5 * time.Second, window: 10 * time.Second,
		lines: 2_000_000, crowd: 64, each: 100_000, openings: 300, stopped: 500, outlast: 2 * time.Second,
	}
}

// quickSize is for a look that takes less than a minute.
func quickSize() size {
	return size{
		tasks: []int{160}, wide: 20, starts: 3, load: 500, loadDeep: 101, engine: 10_000,
		gated: 100, services: 10, settle: time.Second, window: time.Second,
		lines: 200_000, crowd: 16, each: 10_000, openings: 20, stopped: 100, outlast: 2 * time.Second,
	}
}

// group is what is measured together; its name is what -rows matches. measure
// fills in the rows.
type group struct {
	name    string
	rows    []row
	measure func(*lab, context.Context, []row)
}

func groups(s size) []group {
	return append(graphGroups(s),
		group{"start", startRows(), (*lab).measureStart},
		group{"version", versionRows(), (*lab).measureVersion},
		group{"stop", stopRows(s), (*lab).measureStop},
		group{"engine", engineRows(s), (*lab).measureEngine},
		group{"load", loadRows(s), (*lab).measureLoad},
		group{"large-load", largeLoadRows(s), (*lab).measureLargeLoad},
		group{"noop", noopRows(s), (*lab).measureNoop},
		group{"build", buildRows(s), (*lab).measureBuild},
		group{"idle", idleRows(s), (*lab).measureIdle},
		group{"output", outputRows(s), (*lab).measureOutput},
		group{"crowd", crowdRows(s), (*lab).measureCrowd},
		group{"gate-one", gateRows(1), (*lab).measureGateOne},
		group{"gate-many", gateRows(s.gated), (*lab).measureGateMany},
	)
}

func groupNames(s size) string {
	var names []string
	for _, g := range groups(s) {
		names = append(names, g.name)
	}
	return strings.Join(names, ", ")
}

// count prints a number with a comma between thousands.
func count(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", count(n/1000), n%1000)
}
