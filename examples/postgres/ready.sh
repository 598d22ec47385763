# Exits 0 once the server takes connections.
set -eu
. ./pg.sh

exec pg_isready
