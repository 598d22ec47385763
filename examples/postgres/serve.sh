# Becomes the PostgreSQL server; it has a socket and no TCP port.
set -eu
. ./pg.sh

pg_become postgres -D "$data" -k "$scratch" \
	-c listen_addresses= -c fsync=off -c log_checkpoints=off
