# jumping-clock.sh PROGRAM: builds wprun, of the project in $PROJECT, with a
# calendar clock that jumps an hour at every look, forth and back. The monotonic
# clock goes on as ever.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
original=$(go env GOROOT)/src/time/time.go
awk '{ print }
/^\tsec, nsec, mono := runtimeNow\(\)$/ {
	print "\tif looks++; looks%2 == 0 {"; print "\t\tsec += 3600"; print "\t}"; found = 1
}
END { print "\nvar looks int"; exit !found }' "$original" >"$dir/time.go"
printf '{"Replace": {"%s": "%s"}}\n' "$original" "$dir/time.go" >"$dir/overlay.json"
cd "$PROJECT"
CGO_ENABLED=0 go build -overlay "$dir/overlay.json" -o "$1" wprun/cmd/wprun
