package cli

import (
	"strings"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/graph"
)

// plan is what plan.json holds: all of a run that is decided before it starts,
// but for environments, which may hold secrets.
type plan struct {
	File    string   `json:"file"`
	Targets []string `json:"targets,omitempty"`
	// Jobs and Pools are limits; 0 is none.
	Jobs        int            `json:"jobs,omitempty"`
	Pools       map[string]int `json:"pools,omitempty"`
	Processes   []planProcess  `json:"processes"`
	Watchpoints []planPoint    `json:"watchpoints"`
}

type planProcess struct {
	Name        string     `json:"name"`
	Kind        string     `json:"kind"`
	Description string     `json:"description,omitempty"`
	Command     []string   `json:"command"`
	Dir         string     `json:"dir"`
	WaitsOn     [][]string `json:"waits_on,omitempty"`
	Signals     []string   `json:"signals"`
	Ready       string     `json:"ready,omitempty"`
	Level       int        `json:"level"`
	Pool        string     `json:"pool,omitempty"`
	// Weight is 0 where it is 1.
	Weight int `json:"weight,omitempty"`
	// LeftOut says that no target needs it, so it is no part of the run.
	LeftOut bool `json:"left_out,omitempty"`
	// Env is a hash of the declared variables; "" without any.
	Env string `json:"env,omitempty"`
	// ResumedFrom is the run in which it had run, if it had succeeded in the one
	// that this one resumes.
	ResumedFrom string `json:"resumed_from,omitempty"`
}

type planPoint struct {
	Key      string `json:"key"`
	Path     string `json:"path"`
	External bool   `json:"external,omitempty"`
}

func newPlan(c *config.Config, targets []string, path func(key string) string) plan {
	p := plan{File: c.File, Targets: targets, Jobs: c.Jobs, Pools: c.Pools}
	p.Processes = make([]planProcess, 0, len(c.Processes))
	for i, proc := range c.Processes {
		p.Processes = append(p.Processes, newPlanProcess(proc, c.Graph, i))
	}
	p.Watchpoints = make([]planPoint, 0, 2*len(c.Watchpoints))
	for _, w := range c.Watchpoints {
		key := w.Key.String()
		i, _ := c.Graph.Point(key)
		p.Watchpoints = append(p.Watchpoints,
			planPoint{Key: key, Path: path(key), External: c.Graph.Points()[i].External},
			planPoint{Key: key + graph.FailedSuffix, Path: path(key + graph.FailedSuffix)})
	}
	return p
}

func newPlanProcess(p config.Process, g *graph.Graph, i int) planProcess {
	decl := g.Processes()[i]
	pp := planProcess{
		Name: p.Name, Kind: kind(p.Service), Description: p.Description, Command: p.Argv,
		Dir: p.Dir, WaitsOn: decl.WaitsOn, Level: g.Level(i), Pool: p.Pool,
	}
	for _, s := range decl.Signals {
		pp.Signals = append(pp.Signals, s.Key)
	}
	if p.Weight > 1 {
		pp.Weight = p.Weight
	}
	if p.Service {
		pp.Ready = p.Ready.String()
	}
	return pp
}

func kind(service bool) string {
	if service {
		return "service"
	}
	return "task"
}

// policy is how the file, changed by flags, wants the run to be conducted.
func policy(c *config.Config, targets []string, kept map[string]*kept) engine.Policy {
	p := engine.Policy{
		Targets:     targets,
		OnFailure:   engine.OnFailure(c.OnFailure),
		Jobs:        c.Jobs,
		StopTimeout: c.StopTimeout,
		Pools:       c.Pools,
		Options:     make(map[string]engine.Options, len(c.Processes)),
	}
	for _, proc := range c.Processes {
		o := options(proc)
		o.Checked = kept[proc.Name] != nil
		p.Options[proc.Name] = o
	}
	return p
}

func options(p config.Process) engine.Options {
	return engine.Options{
		Grace: p.StopTimeout, Success: p.SuccessCodes,
		Restart: p.Restart, MaxRestarts: p.MaxRestarts, Cascade: p.Cascade,
		Probed:  p.Alive.Kind != "",
		Timeout: p.Timeout, WaitTimeout: p.WaitTimeout, Retries: p.Retries, RetryDelay: p.RetryDelay,
		AllowFailure: p.AllowFailure, Pool: p.Pool, Weight: p.Weight,
	}
}

// describeCommand is a command as a shell would be given it.
func describeCommand(p config.Process) string {
	if p.Shell != "" {
		return p.Shell
	}
	words := make([]string, 0, len(p.Argv))
	for _, w := range p.Argv {
		if w == "" || strings.ContainsAny(w, " \t\n\"'\\$&|;<>()*?[]#~`!{}") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}
