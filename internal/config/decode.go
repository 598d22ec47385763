package config

import (
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/BurntSushi/toml"
)

const (
	// pieceSize is how many bytes of a text are decoded at once. What the TOML library
	// notes of a text while it decodes takes several times as much as what comes of it.
	pieceSize = 128 << 10
	// leastPiece is decoded in half a millisecond.
	leastPiece = 8 << 10
)

// sizeOfPieces gives all processors a piece of a text, if it is worth that.
func sizeOfPieces(length int) int {
	return max(leastPiece, min(pieceSize, length/runtime.GOMAXPROCS(0)))
}

// decoded is what a text or a piece of it says.
type decoded struct {
	values map[string]any
	// order lists processes as {"task", NAME} by their first mention.
	order [][2]string
	// axes lists the keys of each matrix by their first mention.
	axes map[keyPath][]string
}

// decodePieces decodes a text that may be cut in these places. Where pieces have
// more to do with each other than it seemed, or where one is wrong, it is the whole
// that counts: its error names the place.
func decodePieces(text string, cuts []int) (decoded, error) {
	if len(cuts) == 0 {
		return decode(text)
	}
	if all, ok := decodeAll(pieces(text, cuts)); ok {
		return all, nil
	}
	return decode(text)
}

func pieces(text string, cuts []int) []string {
	var list []string
	begin := 0
	for _, cut := range append(slices.Clip(cuts), len(text)) {
		list = append(list, text[begin:cut])
		begin = cut
	}
	return list
}

// decodeAll returns false if not all texts are right, or not together.
func decodeAll(texts []string) (decoded, bool) {
	parts, failed := make([]decoded, len(texts)), make([]error, len(texts))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(texts)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(texts)); i = next.Add(1) - 1 {
				parts[i], failed[i] = decode(texts[i])
			}
		})
	}
	workers.Wait()
	if errors.Join(failed...) != nil {
		return decoded{}, false
	}
	return join(parts)
}

// join returns false if two parts say something of the same thing.
func join(parts []decoded) (decoded, bool) {
	all := decoded{values: map[string]any{}, axes: map[keyPath][]string{}}
	size := 0
	for _, part := range parts {
		size += len(part.order)
	}
	all.order = make([][2]string, 0, size)
	for _, part := range parts {
		for key, value := range part.values {
			if !all.join(key, value, size) {
				return decoded{}, false
			}
		}
		maps.Copy(all.axes, part.axes)
		all.order = append(all.order, part.order...)
	}
	return all, true
}

// join adds the value of a key at the top. size is how many processes there may be.
func (all *decoded) join(key string, value any, size int) bool {
	before, known := all.values[key]
	switch value := value.(type) {
	case map[string]any:
		if isKind(key) {
			if !known {
				before = make(map[string]any, size)
				all.values[key] = before
			}
			return addNew(before.(map[string]any), value)
		}
	case []map[string]any:
		if list, ok := before.([]map[string]any); ok {
			all.values[key] = append(list, value...)
			return true
		}
	}
	all.values[key] = value
	return !known
}

// addNew returns false if one of the keys is there already.
func addNew(to, from map[string]any) bool {
	size := len(to) + len(from)
	maps.Copy(to, from)
	return len(to) == size
}

// decode turns a panic of the library into an error: the text may be anything.
// What it panicked with is left out, since it could quote a secret.
func decode(text string) (d decoded, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("its TOML cannot be understood")
		}
	}()
	d.values = map[string]any{}
	meta, err := toml.Decode(text, &d.values)
	d.order, d.axes = processOrder(meta.Keys()), matrixOrder(meta.Keys())
	return d, err
}

func processOrder(keys []toml.Key) [][2]string {
	var order [][2]string
	seen := map[[2]string]bool{}
	for _, key := range keys {
		if len(key) < 2 || !isKind(key[0]) {
			continue
		}
		name := [2]string{key[0], key[1]}
		if len(order) > 0 && order[len(order)-1] == name {
			continue
		}
		if !seen[name] {
			seen[name] = true
			order = append(order, name)
		}
	}
	return order
}

// matrixOrder lists the keys of each table [task.NAME.matrix] or
// [defaults.task.matrix].
func matrixOrder(keys []toml.Key) map[keyPath][]string {
	order := map[keyPath][]string{}
	for _, key := range keys {
		if len(key) != 4 || key[2] != "matrix" {
			continue
		}
		at := keyPath("").key(key[0]).key(key[1]).key(key[2])
		if !slices.Contains(order[at], key[3]) {
			order[at] = append(order[at], key[3])
		}
	}
	return order
}
