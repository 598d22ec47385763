package rundir

import (
	"fmt"
	"regexp"
	"sync"
	"time"
)

// idForm is compiled when it is needed: most commands start without.
var idForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{8}-\d{6}-[0-9a-f]{4}$`) })

// idStep is the time between one ID and the next: their last part counts the
// 65536th parts of a second.
const idStep = time.Second/(1<<16) + 1

// newID sorts by time. It is in UTC, since local clocks are put back.
func newID(now time.Time) string {
	part := now.Nanosecond() / (int(time.Second) >> 16)
	return fmt.Sprintf("%s-%04x", now.UTC().Format("20060102-150405"), min(part, 1<<16-1))
}

func isID(name string) bool { return idForm().MatchString(name) }
