package cli

import "github.com/spf13/pflag"

func fileFlag(f *pflag.FlagSet, file *string) {
	f.StringVarP(file, "file", "f", "", "the file (default: wprun.toml of this directory or the nearest parent)")
}
