package config

import _ "embed"

// Manual is the page of help about the file.
//
//go:embed manual.md
var Manual string
