# Says what the test left behind and drops it. There may be no database: this
# runs whatever went wrong before.
set -eu
. ./pg.sh

if ! sh ready.sh >/dev/null 2>&1; then
	echo "there is no database to clean"
	exit
fi
echo "accounts left: $(pg_sql -At -c 'SELECT count(*) FROM accounts')"
pg_sql -c "SET client_min_messages = warning; DROP SCHEMA public CASCADE"
