package watchpoint

import _ "embed"

// Manual is the page of help about watchpoints.
//
//go:embed manual.md
var Manual string
