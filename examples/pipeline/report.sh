# Prints a result: the totals and the largest entries of each kind.
set -eu
cd "$WPRUN_RUN_DIR/work"
result=$1

# top KIND TITLE
top() {
	awk -F '\t' -v kind="$1" -v title="$2" '
		BEGIN { printf "\n%-40s %10s\n", title, "count" }
		$1 == kind && n++ < 6 { printf "%-40s %10d\n", $2, $3 }
	' "$result"
}

awk -F '\t' '$1 == "total" { print $3, $2 }' "$result"
top ident "identifier, uses"
top import "import, files"
top package "package, lines"
