# Tells what is known about a result that was refused.
set -eu
cd "$WPRUN_RUN_DIR/work"
echo "$1 was refused; kept for a look: $WPRUN_RUN_DIR/work/$1"
awk -F '\t' '$1 == "total" { print $3, $2, "are in it" }' "$1"
