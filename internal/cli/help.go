package cli

const rootHelp = `wprun starts the commands of one TOML file as independent processes and gates
each on watchpoints: directories named NAME.watch.

"wprun" alone is "wprun run".`

const runHelp = `Run the targets and all they need, in the foreground. Without targets: those of
"default" in the file, or else every process that nothing waits on.`
