package graph

// around collects the processes around each point. They are counted first and added
// then, so that all of them are in one list; a process comes once for a point, and
// one after the other.
type around struct {
	of     [][]int
	counts []int
	last   []int // process, plus 1
	total  int
}

func newAround(points int) *around {
	return &around{of: make([][]int, points), counts: make([]int, points), last: make([]int, points)}
}

// count returns false for a process that is there already.
func (a *around) count(point, process int) bool {
	if a.last[point] == process+1 {
		return false
	}
	a.last[point] = process + 1
	a.counts[point]++
	a.total++
	return true
}

func (a *around) makeRoom() {
	all, begin := make([]int, a.total), 0
	for i, n := range a.counts {
		if n > 0 {
			a.of[i] = all[begin : begin : begin+n]
			begin += n
		}
	}
	clear(a.last)
}

func (a *around) add(point, process int) {
	if a.last[point] != process+1 {
		a.last[point] = process + 1
		a.of[point] = append(a.of[point], process)
	}
}
