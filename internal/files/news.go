package files

import "wprun/internal/spot"

// stamp tells one state of a file from another; the zero stamp is no file.
type stamp struct {
	modified, size int64
	id             spot.Identity
}

// change is what a set is told.
type change struct {
	set  int
	path string
}

// news are the files that differ from what was told last.
type news struct {
	before map[string]stamp
	// order has the paths as they were found, some of them perhaps no news any
	// more; sets has those that want to know of a path.
	order []string
	sets  map[string][]int
	// found counts the differences from one look to the next.
	found int
}

// add notes that a file was as before and is as now. A file that is again as it
// was told last is no news.
func (n *news) add(path string, before, now stamp, sets []int) {
	n.found++
	if told, known := n.before[path]; known {
		if told == now {
			delete(n.before, path)
		}
		return
	}
	if n.before == nil {
		n.before, n.sets = map[string]stamp{}, map[string][]int{}
	}
	n.before[path] = before
	n.sets[path] = sets
	n.order = append(n.order, path)
}

func (n *news) forget() { *n = news{} }

// take returns one change for each set that has any, and forgets them.
func (n *news) take() []change {
	var list []change
	told := map[int]bool{}
	for _, path := range n.order {
		if _, still := n.before[path]; !still {
			continue
		}
		for _, set := range n.sets[path] {
			if !told[set] {
				told[set] = true
				list = append(list, change{set, path})
			}
		}
	}
	n.forget()
	return list
}
