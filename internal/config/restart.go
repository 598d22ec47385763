package config

// otherWords are what other tools call a policy of restarting.
var otherWords = map[string]string{"never": RestartNo, "unless-stopped": RestartAlways, "on-success": RestartAlways, "unexpected": RestartOnFailure}

// readRestart reads when a service is started again by itself.
func readRestart(d *declared) {
	t := d.table
	d.MaxRestarts = t.integer("max_restarts", 1, defaultMaxRestarts)
	d.Restart = RestartNo
	if word := t.str("restart"); otherWords[word] != "" {
		t.problem("restart", `%q is none of "no", "on-failure", "always"; did you mean %q?`, word, otherWords[word])
		return
	}
	d.Restart = t.oneOf("restart", RestartNo, RestartNo, RestartOnFailure, RestartAlways)
	unwell := t.given("alive") || d.Ready.Watchdog > 0
	if t.says("max_restarts") && t.has("max_restarts") && !unwell && (!t.given("restart") || t.str("restart") == RestartNo) {
		t.problem("max_restarts", `nothing restarts %v; add restart = "on-failure" or "always"`, d)
	}
}
