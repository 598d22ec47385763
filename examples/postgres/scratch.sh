# Makes the scratch folder, signals, and removes folder and data when it is
# stopped.
set -eu
. ./pg.sh

dir=
trap 'rm -rf "$dir" "$data"' EXIT
trap 'exit 0' TERM INT HUP
dir=$(mktemp -d /tmp/wprun-pg.XXXXXX)
if test "$(id -u)" -eq 0; then
	chown "$(pg_owner)" "$dir"
fi
echo "$dir" >"$WPRUN_RUN_DIR/scratch"
mkdir "$WPRUN_PATH_SCRATCH"
while :; do
	sleep 60 &
	wait $! 2>/dev/null || :
done
