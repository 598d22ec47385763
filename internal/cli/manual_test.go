package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wprun/internal/config"
)

const readme = "../../README.md"

func text(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func silent() Streams {
	return Streams{Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}
}

// Every command, and every flag of run, is in the reference that README.md has.
func TestReadmeNamesEveryCommand(t *testing.T) {
	manual := text(t, readme)
	for _, c := range newRoot(silent()).Commands() {
		if c.Hidden || c.IsAdditionalHelpTopicCommand() {
			if !strings.Contains(manual, "`wprun help "+c.Name()+"`") {
				t.Errorf("README.md does not point at the topic %q", c.Name())
			}
			continue
		}
		if !regexp.MustCompile("`(wprun )?" + c.Name() + "[ `]").MatchString(manual) {
			t.Errorf("README.md does not name the command %q", c.Name())
		}
		if c.Name() == "run" {
			namesFlags(t, manual, c)
		}
	}
}

func namesFlags(t *testing.T, manual string, c *cobra.Command) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !regexp.MustCompile("--"+f.Name+"[ `]").MatchString(manual) && f.Name != "help" && f.Name != "file" {
			t.Errorf("README.md does not name --%s of %q", f.Name, c.Name())
		}
	})
}

// Every file that the manual shows can be used as it is.
func TestManualShowsFilesThatLoad(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(text(t, readme), -1)
	if len(blocks) < 4 {
		t.Fatalf("README.md has %d files to show; they are fenced by ```toml", len(blocks))
	}
	for i, b := range blocks {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), config.FileName)
			if err := os.WriteFile(file, []byte(b[1]), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := config.Load(file); err != nil {
				t.Errorf("%v\n%s", err, b[1])
			}
		})
	}
}

func TestHelpTopicsFitATerminal(t *testing.T) {
	for _, topic := range newTopics() {
		if topic.Short == "" || !topic.IsAdditionalHelpTopicCommand() {
			t.Errorf("%q is no page of help", topic.Name())
		}
		for n, line := range strings.Split(topic.Long, "\n") {
			if len(line) > 80 {
				t.Errorf("line %d of %q has %d columns", n+1, topic.Name(), len(line))
			}
		}
	}
}
