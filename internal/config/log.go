package config

import (
	"math"
	"strconv"
	"strings"
)

// readLog reads where the output of a process is kept.
func readLog(t table) Log {
	log := Log{MaxSize: defaultLogSize, Keep: defaultLogKeep}
	if !t.has("log") {
		return log
	}
	r := t.sub("log")
	r.check(logFields, nil, "")
	log.MaxSize = r.size("max_size", defaultLogSize)
	log.Keep = r.integer("keep", 0, defaultLogKeep)
	log.Timestamps = value[bool](r, "timestamps")
	if r.has("file") {
		log.File = readLogFile(r)
	}
	return log
}

func readLogFile(r table) string {
	file := r.text("file")
	switch {
	case file == "":
		r.problem("file", "it is empty")
		return ""
	case strings.HasSuffix(file, "/"):
		r.problem("file", "%q names a directory; name a file", file)
		return ""
	}
	return r.source().absolute(file)
}

// units are how many bytes each is.
var units = map[string]float64{
	"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// size reads a number of bytes: 1000, "64MiB", "10 MB", "1.5 GB".
func (t table) size(key string, otherwise int64) int64 {
	bytes, ok := float64(otherwise), true
	switch v := t.m[key].(type) {
	case int64:
		bytes = float64(v)
	case string:
		bytes, ok = parseSize(v)
	}
	switch {
	case !ok:
		t.problem(key, `%q is no size; write it as "64MiB", "10 MB" or an integer of bytes`, t.str(key))
	case bytes < 1:
		t.problem(key, `it is not more than nothing; write it as "64MiB"`)
	case bytes >= math.MaxInt64:
		t.problem(key, "it is too large")
	default:
		return int64(bytes)
	}
	return otherwise
}

func parseSize(s string) (float64, bool) {
	end := strings.LastIndexAny(s, "0123456789") + 1
	factor, known := units[strings.ToLower(strings.TrimSpace(s[end:]))]
	if !known || strings.Trim(s[:end], "0123456789.") != "" {
		return 0, false
	}
	number, err := strconv.ParseFloat(s[:end], 64)
	return number * factor, err == nil
}

// checkLogs refuses two processes that would write one file. What is put aside is
// called FILE.1, FILE.2 and so on.
func (l *loader) checkLogs() {
	writer := map[string]*declared{}
	for _, d := range l.processes {
		if d.Log.File == "" {
			continue
		}
		if other := writer[d.Log.File]; other != nil {
			d.table.sub("log").problem("file", "%s has the same", other.beside(d))
		}
		writer[d.Log.File] = d
		if isDir(d.Log.File) {
			d.table.sub("log").problem("file", "%q is a directory; name a file", d.Log.File)
		}
	}
}
