# Starts the ring: makes its own directory, then waits for that of the last.
#
#	relay.sh WATCHED MADE
set -eu
mkdir "$2"
echo "made $2"
tries=0
until test -d "$1"; do
	tries=$((tries + 1))
	if test $tries -gt 600; then
		echo "cannot find $1 after 60 s" >&2
		exit 1
	fi
	sleep 0.1
done
echo "found $1"
