//go:build linux

package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

func services(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2, "services N FILE")
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(servicesFile(n)), 0o666))
}

// servicesFile has n services, each ready when it has made its file, and one task
// that waits for all of them.
func servicesFile(n int) string {
	var file strings.Builder
	var names []string
	for i := range n {
		name := fmt.Sprint("s", i)
		names = append(names, strconv.Quote(name))
		fmt.Fprintf(&file, "[service.%s]\ncommand = ': >%s; exec sleep 1000'\nready = { path = %q }\n", name, name, name)
	}
	fmt.Fprintf(&file, "[task.test]\ncommand = 'echo all are there'\nwaits_on = [%s]\n", strings.Join(names, ", "))
	return file.String()
}

func resize(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 3, "resize NAME ROWS COLUMNS")
	rows, err := strconv.ParseUint(args[1], 10, 16)
	ts.Check(err)
	columns, err := strconv.ParseUint(args[2], 10, 16)
	ts.Check(err)
	conn, err := jobOf(ts, args[0]).master.SyscallConn() // Fd would make its reads block a close
	ts.Check(err)
	var failed error
	ts.Check(conn.Control(func(fd uintptr) {
		failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(rows), Col: uint16(columns)})
	}))
	ts.Check(failed)
}
