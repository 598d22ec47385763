# Compares a result with the sources, measured without the programs that made
# it. Exits 3 where they differ.
set -eu
cd "$WPRUN_RUN_DIR/work"
result=$1
status=0

# same WHAT WANTED GOT
same() {
	if test "$2" -eq "$3"; then
		echo "ok: $3 $1"
	else
		echo "cannot accept $result: $3 $1, the sources have $2" >&2
		status=3
	fi
}

# total NAME
total() {
	awk -F '\t' -v name="$1" '$1 == "total" && $2 == name { n = $3 } END { print n + 0 }' "$result"
}

cat shard-*.txt | LC_ALL=C sort | cmp -s - files.txt || {
	echo "cannot accept $result: the shards are not the list" >&2
	exit 3
}
# shellcheck disable=SC2046 # wc prints two words
set -- $(tr '\n' '\0' <files.txt | (cd src/ && xargs -0 cat) | wc -lc)
same files "$(wc -l <files.txt)" "$(total files)"
same lines "$1" "$(total lines)"
same bytes "$2" "$(total bytes)"
same "lines in packages" "$1" \
	"$(awk -F '\t' '$1 == "package" { n += $3 } END { print n + 0 }' "$result")"
exit $status
