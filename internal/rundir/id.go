package rundir

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"time"
)

var idForm = regexp.MustCompile(`^\d{8}-\d{6}-[0-9a-f]{4}$`)

// newID is in UTC, so that the order of names is the order of time where clocks
// are put back.
func newID(now time.Time) string {
	return fmt.Sprintf("%s-%04x", now.UTC().Format("20060102-150405"), rand.N(1<<16))
}

func isID(name string) bool { return idForm.MatchString(name) }
