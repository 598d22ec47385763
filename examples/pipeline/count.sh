# Counts the files of one shard.
set -eu
cd "$WPRUN_RUN_DIR/work"
"$WPRUN_RUN_DIR/bin/count" src "shard-$1.txt" >"count-$1.tsv"
