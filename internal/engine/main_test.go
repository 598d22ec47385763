package engine

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// TestMain sets how many random schedules are tried, and says with which seed,
// unless the flags -rapid.checks and -rapid.seed do.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if !given["rapid.checks"] {
		checks := "2000"
		if os.Getenv("CI") == "true" {
			checks = "20000"
		}
		set("rapid.checks", checks)
	}
	if !given["rapid.seed"] {
		set("rapid.seed", fmt.Sprint(rand.Uint32()))
	}
	fmt.Printf("random schedules: -rapid.checks=%s -rapid.seed=%s\n",
		flag.Lookup("rapid.checks").Value, flag.Lookup("rapid.seed").Value)
	os.Exit(m.Run())
}

func set(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}
