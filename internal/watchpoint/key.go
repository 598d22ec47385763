// Package watchpoint makes, looks at, removes and watches watchpoints:
// directories that signal by being there.
package watchpoint

import "strconv"

// Key names a watchpoint. It is a string or an int, and the two never meet: 42
// and "42" are different keys. The zero Key is the empty string.
type Key struct {
	text    string
	numeric bool
}

// StringKey is the key with that text.
func StringKey(s string) Key {
	return Key{text: s}
}

// IntKey is the key with that number.
func IntKey(n int) Key {
	return Key{text: strconv.Itoa(n), numeric: true}
}

// String is the text or the number of the key, without a mark of which it is.
func (k Key) String() string {
	return k.text
}

// IsInt says that the key is a number.
func (k Key) IsInt() bool {
	return k.numeric
}

// quoted is the key as error messages show it: "text" or number.
func (k Key) quoted() string {
	if k.numeric {
		return k.text
	}
	return strconv.Quote(k.text)
}
