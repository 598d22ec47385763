# Adds up the counts of the shards: merge.sh RESULT SHARD...
set -eu
cd "$WPRUN_RUN_DIR/work"
result=$1
shift
for shard in "$@"; do
	set -- "$@" "count-$shard.tsv"
	shift
done
"$WPRUN_RUN_DIR/bin/merge" "$@" >"$result"
