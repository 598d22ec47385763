# stranger.sh [OPTION OF SETPRIV]... COMMAND...: runs it in $WORK as a user who has
# no other process, which only root can.
user=$((100000 + $$))
bin=$(dirname "$(command -v wprun)")
chmod a+x "$bin" "$(dirname "$bin")" "$(dirname "$WORK")"
chown -R $user:$user "$WORK"
exec setpriv --reuid=$user --regid=$user --clear-groups "$@"
