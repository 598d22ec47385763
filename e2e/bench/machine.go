package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// describeMachine lists what the numbers depend on, one "name: value" each.
func describeMachine(cores int, goVersion, dir string) []string {
	return []string{
		"date: " + time.Now().Format(time.DateOnly),
		"kernel: " + firstLine("/proc/sys/kernel/ostype") + " " + firstLine("/proc/sys/kernel/osrelease"),
		"CPU: " + cpuModel(readText("/proc/cpuinfo")),
		fmt.Sprintf("cores: %d", cores),
		"load average before: " + strings.SplitN(firstLine("/proc/loadavg"), " ", 2)[0],
		"Go: " + goVersion,
		"folder: " + dir + ", " + fileSystem(dir),
	}
}

// cpuModel finds the first model name in the text of /proc/cpuinfo.
func cpuModel(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func firstLine(file string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(readText(file)), "\n")
	return line
}

// readText is the content of a file, "" if it cannot be read.
func readText(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(data)
}
