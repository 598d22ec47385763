# Tests the migrated database. FAIL=N adds a test that fails; then it exits
# with N.
set -eu
. ./pg.sh

# expect WHAT WANTED SQL
expect() {
	got=$(pg_sql -At -c "$3" 2>&1) || :
	case $got in
	*"$2"*)
		echo "ok: $1"
		;;
	*)
		echo "failed: $1: wanted $2, got $got" >&2
		exit "${FAIL:-1}"
		;;
	esac
}

pg_sql -c "INSERT INTO accounts VALUES ('ann', 10), ('bob', 0)"
expect "money moves" "ann 7, bob 3" "
	SELECT transfer('ann', 'bob', 3);
	SELECT string_agg(owner || ' ' || balance, ', ' ORDER BY owner) FROM accounts"
expect "nobody overdraws" "violates check constraint" "SELECT transfer('ann', 'bob', 8)"
expect "nothing moved then" "7" "SELECT balance FROM accounts WHERE owner = 'ann'"
if test -n "${FAIL:-}"; then
	expect "money grows" "1000" "SELECT sum(balance) FROM accounts"
fi
