# Lists the sources: work/src leads to them, work/files.txt names them.
set -eu
work=$WPRUN_RUN_DIR/work
root=$(go env GOROOT)

mkdir "$work"
ln -s "$root/src" "$work/src"
cd "$work/src/"
find . -type f -name '*.go' ! -path '*/testdata/*' |
	sed 's|^\./||' | LC_ALL=C sort >"$work/files.txt"
if ! test -s "$work/files.txt"; then
	echo "cannot find Go sources in $root/src" >&2
	exit 1
fi
echo "$(wc -l <"$work/files.txt") files in $root/src"
