# Looks at the watchpoints, as anybody can.
set -eu
for path in "$@"; do
	test -d "$path"
	echo "third: found ${path#"$PWD/"}"
done
