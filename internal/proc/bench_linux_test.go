package proc

import (
	"os"
	"testing"
)

// BenchmarkSpawn starts /bin/true again and again, each after the end of the
// one before.
func BenchmarkSpawn(b *testing.B) {
	set := newBench(b)
	spec := Spec{Argv: []string{"/bin/true"}, Env: os.Environ()}
	var exits []Exit
	for id := ID(0); b.Loop(); id++ {
		if _, err := set.Set.Start(id, spec); err != nil {
			b.Fatal(err)
		}
		for exits = exits[:0]; len(exits) == 0; exits = set.Wait(true, exits) {
			set.Begun()
		}
	}
}

// BenchmarkOutput reads 16 MiB from one command.
func BenchmarkOutput(b *testing.B) {
	set := newBench(b)
	const size = 16 << 20
	b.SetBytes(size)
	for id := ID(0); b.Loop(); id++ {
		got := 0
		spec := Spec{
			Argv:   []string{"head", "-c", "16777216", "/dev/zero"},
			Env:    os.Environ(),
			Output: func(p []byte) { got += len(p) },
		}
		if _, err := set.Start(id, spec); err != nil {
			b.Fatal(err)
		}
		if set.await(id); got != size {
			b.Fatalf("%d bytes", got)
		}
	}
}
