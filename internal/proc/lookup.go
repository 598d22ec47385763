//go:build unix

package proc

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// lookup returns the path to execute once the working directory is spec.Dir.
func lookup(spec Spec) (string, *StartError) {
	name := spec.Argv[0]
	if strings.Contains(name, "/") {
		return name, nil
	}
	if name == "" {
		return "", &StartError{CodeNotFound, name, "the name of the program is empty", nil}
	}
	path, ok := variable(spec.Env, "PATH")
	if !ok {
		return "", &StartError{CodeNotFound, name, "its environment has no PATH; write the path of the program", nil}
	}
	return searchPath(name, path, spec.Dir)
}

// searchPath looks for name in the elements of path, as execvp(3) does: a file
// that cannot be executed is passed over, and named if nothing better comes.
func searchPath(name, path, dir string) (string, *StartError) {
	refused := ""
	for _, element := range filepath.SplitList(path) {
		candidate := filepath.Join(element, name)
		if element == "" || !strings.Contains(candidate, "/") {
			candidate = "./" + candidate
		}
		switch file := absolute(candidate, dir); {
		case !isFile(file):
		case unix.Access(file, unix.X_OK) == nil:
			return candidate, nil
		case refused == "":
			refused = file
		}
	}
	if refused != "" {
		return "", &StartError{CodeNotStarted, name, notExecutable(refused), unix.EACCES}
	}
	return "", &StartError{CodeNotFound, name, "not found in PATH", unix.ENOENT}
}

// variable returns the value of the last "name=value" in env.
func variable(env []string, name string) (string, bool) {
	for i := len(env) - 1; i >= 0; i-- {
		if key, value, ok := strings.Cut(env[i], "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}

// absolute returns path as seen from dir.
func absolute(path, dir string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
