package cli

import (
	"wprun/internal/config"
	"wprun/internal/output"
)

// logs says how the output of each process is kept.
func logs(cfg *config.Config) map[string]output.Log {
	rules := make(map[string]output.Log, len(cfg.Processes))
	for _, p := range cfg.Processes {
		rules[p.Name] = output.Log(p.Log)
	}
	return rules
}
