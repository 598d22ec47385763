# Read by the other scripts: where PostgreSQL is and how to call it.
#
# The path of a socket may have only about 107 bytes, so the socket lives in a
# scratch folder with a short name; the file "scratch" of the run directory
# holds its path. PostgreSQL refuses to run as root, so root runs it as another
# user, who cannot enter the run directory (mode 0700): then the data lives in
# the scratch folder too.

PATH=${PG_BIN:+$PG_BIN:}$PATH
if ! command -v initdb >/dev/null; then
	for dir in /usr/pgsql-*/bin /usr/lib/postgresql/*/bin; do
		PATH=$dir:$PATH
	done
fi

# Nothing of the caller's may lead to another database. Without a scratch
# folder the host is a folder that has no socket.
unset PGHOSTADDR PGOPTIONS PGPASSWORD PGPORT PGSERVICE PGSSLMODE
scratch=$(cat "$WPRUN_RUN_DIR/scratch" 2>/dev/null || echo /nonexistent)
if test "$(id -u)" -eq 0; then
	data=$scratch/data
else
	data=$WPRUN_RUN_DIR/data
fi
export PATH PGHOST="$scratch" PGUSER=wprun PGDATABASE=postgres

# pg_owner: prints the user that PostgreSQL runs as.
pg_owner() {
	if test "$(id -u)" -ne 0; then
		id -un
	elif id -u postgres >/dev/null 2>&1; then
		echo postgres
	else
		echo nobody
	fi
}

# pg_become COMMAND...: becomes COMMAND, run by that user in the scratch
# folder, since the folder of this file may be closed to it.
pg_become() {
	if ! command -v "$1" >/dev/null; then
		echo "cannot find $1: install PostgreSQL (Debian: apt-get install postgresql) or set PG_BIN to the folder of its programs" >&2
		exit 127
	fi
	cd "$scratch"
	owner=$(pg_owner)
	if test "$(id -u)" -ne 0; then
		exec "$@"
	elif command -v setpriv >/dev/null; then
		exec setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$@"
	elif command -v runuser >/dev/null; then
		exec runuser -u "$owner" -- "$@"
	fi
	echo "cannot run PostgreSQL as root: install setpriv or runuser (Debian: util-linux)" >&2
	exit 127
}

# pg_sql ARGUMENT...: psql, stopping with code 3 at the first error.
pg_sql() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}
