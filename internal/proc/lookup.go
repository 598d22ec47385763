//go:build unix

package proc

import (
	"errors"
	"io/fs"

	"wprun/internal/program"
)

// lookup returns the path to execute once the working directory is spec.Dir.
func lookup(spec Spec) (string, *StartError) {
	path, err := program.Find(spec.Argv[0], spec.Dir, spec.Env)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, fs.ErrPermission):
		return "", &StartError{Code: CodeNotStarted, Program: spec.Argv[0], Reason: err.Error(), Err: err}
	}
	return "", &StartError{Code: CodeNotFound, Program: spec.Argv[0], Reason: err.Error(), Err: err}
}
