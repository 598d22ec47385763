package config

import "strings"

// defaultShell runs command strings where the file names no shell.
var defaultShell = []string{"sh", "-c"}

// readCommand returns what to execute, and the command as written if it is one
// for the shell. It returns nothing after it has reported a problem.
func readCommand(t table, key string) (argv []string, line string) {
	refused := len(t.loader().list)
	line = t.text(key)
	argv = t.strings(key)
	_, isLine := t.m[key].(string)
	switch {
	case len(t.loader().list) > refused:
		return nil, ""
	case isLine && strings.TrimSpace(line) == "":
		t.problem(key, "it is empty")
	case isLine:
		return shellArgv(line, t.source().shell), line
	case len(argv) == 0:
		t.problem(key, "the list is empty")
	case argv[0] == "":
		t.problem(key, "the first element, which names the program, is empty")
	}
	if len(t.loader().list) > refused {
		return nil, ""
	}
	return argv, ""
}

// shellArgv runs line with the shell, or without one where that makes no
// difference. Only the default shell is known well enough to tell.
func shellArgv(line string, shell []string) []string {
	if shell != nil {
		return append(append([]string(nil), shell...), line)
	}
	if words := plainWords(line); words != nil {
		return words
	}
	return append(append([]string(nil), defaultShell...), line)
}

// Any of these makes a command one for the shell: operators, quotes, globs,
// expansions, comments, and "~" and "!" which mean something in some places.
const shellSyntax = "#;\"'\\*?[]&|<>(){}$`^~!\n\r"

// shellWords are what sh does not look up in PATH: its keywords and builtins.
var shellWords = map[string]bool{
	"if": true, "then": true, "else": true, "elif": true, "fi": true, "do": true, "done": true,
	"case": true, "esac": true, "while": true, "until": true, "for": true, "in": true,
	"function": true, "select": true, "time": true, "coproc": true,
	".": true, ":": true, "break": true, "continue": true, "eval": true, "exec": true, "exit": true,
	"export": true, "readonly": true, "return": true, "set": true, "shift": true, "source": true,
	"times": true, "trap": true, "unset": true, "local": true, "declare": true, "typeset": true, "let": true,
	"alias": true, "bg": true, "cd": true, "chdir": true, "command": true, "builtin": true, "false": true,
	"fc": true, "fg": true, "getopts": true, "hash": true, "jobs": true, "kill": true, "newgrp": true,
	"pwd": true, "read": true, "true": true, "type": true, "ulimit": true, "umask": true,
	"unalias": true, "wait": true, "echo": true, "printf": true, "test": true, "login": true, "logout": true,
}

// plainWords splits a line that sh would split at blanks and execute; nil for
// any other.
func plainWords(line string) []string {
	if strings.ContainsAny(line, shellSyntax) {
		return nil
	}
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if shellWords[words[0]] || strings.Contains(words[0], "=") {
		return nil
	}
	return words
}
