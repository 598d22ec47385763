# stranger.sh COMMAND...: runs it here, which has to be $WORK, as root only can: as
# a user who has no other process, and no right that anybody does not have.
user=$((100000 + $$))
bin=$(dirname "$(command -v wprun)")
chmod a+x "$bin" "$(dirname "$bin")" "$(dirname "$WORK")"
chown -R $user:$user "$WORK"
exec setpriv --reuid=$user --regid=$user --clear-groups --inh-caps=-all "$@"
