// Command wprun runs the processes of one file, each behind its gate.
package main

import (
	"os"

	"wprun/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.System())) }
