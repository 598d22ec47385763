package cli

// recordMade remembers a watchpoint elsewhere, which outlives the run, so that the next run
// of the file knows them as its own.
func (r *run) recordMade(key string) {
	if err := r.dir.RecordMade(r.points.Path(key)); err != nil {
		r.observer.Warn(err.Error())
		r.unrecorded.Store(true)
	}
}

// recordSeen remembers what the commands of this file make themselves; what is
// only for others to signal is theirs.
func (r *run) recordSeen(key string) {
	i, ok := r.cfg.Graph.Point(key)
	if ok && len(r.cfg.Graph.Points()[i].Signallers) > 0 && r.points.elsewhere[key] {
		r.recordMade(key)
	}
}
