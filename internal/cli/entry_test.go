package cli

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wprun/internal/engine"
)

// A line of the journal is what encoding/json would have made of it.
func TestEntriesAreJSON(t *testing.T) {
	text := rapid.OneOf(rapid.Just(""), rapid.StringMatching("[a-z-]+"), rapid.SampledFrom([]string{
		`a "b" c`, `\`, "\x1b[m", "<&>\x7f\u2028", "\x00\n\xff", "größe",
	}))
	rapid.Check(t, func(t *rapid.T) {
		r := entry{
			Time: time.Unix(0, rapid.Int64Range(0, 1<<62).Draw(t, "time")).UTC(), Event: text.Draw(t, "event"), Process: text.Draw(t, "process"),
			Run: rapid.IntRange(0, 2).Draw(t, "run"), State: engine.State(text.Draw(t, "state")), Pid: rapid.IntRange(0, 1<<22).Draw(t, "pid"),
			Why: text.Draw(t, "why"), Allowed: rapid.Bool().Draw(t, "allowed"), Keys: rapid.SliceOfN(text, 0, 3).Draw(t, "keys"), Path: text.Draw(t, "path"),
		}
		if code := rapid.IntRange(-1, 255).Draw(t, "code"); code >= 0 {
			r.Code = &code
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
		if got := append(r.AppendJSON(nil), '\n'); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("got  %swant %s", got, want.Bytes())
		}
	})
}
