package watchpoint

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Suffix ends the name of every watchpoint's directory.
const Suffix = ".watch"

// FailedSuffix ends the key and the name of a twin.
const FailedSuffix = ".failed"

// maxName leaves room for what is put behind a name within the 255 bytes that
// file systems allow.
const maxName = 200

// Watchpoint says where the directory of a key is: Base/Name.watch.
type Watchpoint struct {
	Key  Key
	Base string
	// Name may be empty for a string key: the key's own text is the name.
	Name string
}

// CheckName says why name cannot be the name of a watchpoint or a process:
// letters, digits, '.', '_' and '-' are allowed, up to 200 of them, with no
// leading dot or dash. Values may follow, as in "test[os=linux,shard=0]".
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New(`cannot use "" as a name: it is empty`)
	case len(name) > maxName:
		return fmt.Errorf("cannot use %q... as a name: it has %d bytes; %d are allowed", name[:20], len(name), maxName)
	case name[0] == '.' || name[0] == '-':
		return fmt.Errorf("cannot use %q as a name: it begins with %q; begin it with a letter, a digit or '_'", name, name[0])
	}
	if stem, values, ok := cutValues(name); ok && isWord(stem) && areValues(values) {
		return nil
	}
	if i := strings.IndexFunc(name, func(r rune) bool { return !allowed(r) }); i >= 0 {
		bad := []rune(name[i:])[0]
		return fmt.Errorf("cannot use %q as a name: it contains %q; use letters (a-z, A-Z), digits, '.', '_' and '-'", name, bad)
	}
	return nil
}

// cutValues divides "stem[values]".
func cutValues(name string) (stem, values string, ok bool) {
	stem, values, ok = strings.Cut(name, "[")
	values, closed := strings.CutSuffix(values, "]")
	return stem, values, ok && closed
}

func areValues(list string) bool {
	for value := range strings.SplitSeq(list, ",") {
		axis, value, ok := strings.Cut(value, "=")
		if !ok || !isWord(axis) || !isWord(value) {
			return false
		}
	}
	return true
}

func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !allowed(r) })
}

func allowed(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
}

// name is the name of the directory without its suffix.
func (w Watchpoint) name() string {
	if w.Name == "" && !w.Key.numeric {
		return w.Key.text
	}
	return w.Name
}

// Twin is the watchpoint that says that w will not come.
func (w Watchpoint) Twin() Watchpoint {
	key := w.Key.String() + FailedSuffix
	twin := Watchpoint{Key: StringKey(key), Base: w.Base, Name: key}
	if w.Name != "" {
		twin.Name = w.Name + FailedSuffix
	}
	return twin
}

// check says why w cannot be a watchpoint.
func (w Watchpoint) check() error {
	var reason error
	switch {
	case w.Key.numeric && w.Name == "":
		reason = fmt.Errorf("a number needs a name; give it one")
	case w.Base == "":
		reason = fmt.Errorf("it has no base directory; give it one")
	default:
		reason = CheckName(strings.TrimSuffix(w.name(), FailedSuffix))
	}
	if reason != nil {
		return fmt.Errorf("cannot make watchpoint %s: %w", w.Key.quoted(), reason)
	}
	return nil
}

// entry is the name of the directory.
func (w Watchpoint) entry() string { return w.name() + Suffix }

// places makes bases absolute. Most watchpoints share one, which is looked at once.
type places map[string]string

// of is the directory that w is to be in.
func (p places) of(w Watchpoint) (string, error) {
	if base, known := p[w.Base]; known {
		return base, nil
	}
	base, err := filepath.Abs(w.Base)
	if err != nil {
		return "", fmt.Errorf("cannot find the base %q of watchpoint %s: %w", w.Base, w.Key.quoted(), err)
	}
	p[w.Base] = base
	return base, nil
}
