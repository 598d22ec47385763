# Makes the database cluster. Only the owner of the scratch folder can reach
# its socket, so it trusts whoever does.
set -eu
. ./pg.sh

echo "making a cluster of user $(pg_owner) in $data"
pg_become initdb -D "$data" -U "$PGUSER" -A trust -E UTF8 --locale=C -N >/dev/null
