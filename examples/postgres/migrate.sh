# Applies the migrations in the order of their names, each in a transaction.
set -eu
. ./pg.sh

for file in migrations/*.sql; do
	pg_sql -1 -f "$file"
	echo "applied $file"
done
