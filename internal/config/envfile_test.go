package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseEnvLine(t *testing.T) {
	for _, c := range []struct{ line, name, value, fault string }{
		{line: `A=b`, name: "A", value: "b"},
		{line: `A=`, name: "A"},
		{line: `A = b c `, name: "A", value: "b c"},
		{line: "export\tA=b", name: "A", value: "b"},
		{line: `exported=b`, name: "exported", value: "b"},
		{line: `export=b`, name: "export", value: "b"},
		{line: `A=b=c`, name: "A", value: "b=c"},
		{line: `A=b#c #d`, name: "A", value: "b#c"},
		{line: `A=#b`, name: "A", value: "#b"},
		{line: `A=it's`, name: "A", value: "it's"},
		{line: `A=$HOME\n`, name: "A", value: `$HOME\n`},
		{line: `A=''`, name: "A"},
		{line: `A='b "c" \n # d' # e`, name: "A", value: `b "c" \n # d`},
		{line: `A="b 'c' \n\"\\\t # d"`, name: "A", value: "b 'c' \n\"\\\\t # d"},
		{line: `A="b`, fault: `the value of "A" has no closing quote on its line`},
		{line: `A="b\"`, fault: `the value of "A" has no closing quote on its line`},
		{line: `A='b' c`, fault: `the value of "A" goes on behind its closing quote`},
		{line: "A=\xff", fault: `the value of "A" is not UTF-8`},
		{line: "A=\x00", fault: `the value of "A" holds a NUL byte`},
		{line: `A`, fault: `there is no "="; write NAME=VALUE`},
		{line: `=b`, fault: `what is before "=" is no name; write NAME=VALUE`},
		{line: `1A=b`, fault: `what is before "=" is no name; write NAME=VALUE`},
		{line: `A B=c`, fault: `what is before "=" is no name; write NAME=VALUE`},
	} {
		v, fault := parseEnvLine(c.line)
		if v != (variable{c.name, c.value}) || fault != c.fault {
			t.Errorf("%q: got %q=%q, %q", c.line, v.name, v.value, fault)
		}
	}
}

func TestParseEnvFile(t *testing.T) {
	got, problems := parseEnvFile("x.env", "# comment\r\n\r\nA=1\r\n\tB='2'\r\nwrong\r\nA=3")
	if diff := cmp.Diff([]variable{{"A", "1"}, {"B", "2"}, {"A", "3"}}, got, cmp.AllowUnexported(variable{})); diff != "" {
		t.Error(diff)
	}
	want := []Problem{{"x.env", 5, `cannot use the line: there is no "="; write NAME=VALUE`}}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
}

func TestMergeKeepsTheFirstPlaceAndTheLastValue(t *testing.T) {
	common := []string{"A=1", "B=2"}
	got := merge(common, []variable{{"C", "3"}, {"A", "4"}, {"C", "5"}})
	if diff := cmp.Diff([]string{"A=4", "B=2", "C=5"}, got); diff != "" {
		t.Error(diff)
	}
	if common[0] != "A=1" {
		t.Error("the common environment was changed")
	}
}
