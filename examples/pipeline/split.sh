# Deals the list out to N shards: work/shard-0.txt, work/shard-1.txt, ...
set -eu
cd "$WPRUN_RUN_DIR/work"
awk -v n="$1" '{ print > ("shard-" (NR % n) ".txt") }' files.txt
wc -l shard-*.txt
