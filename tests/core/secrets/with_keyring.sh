#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs PROGRAM [ARGUMENTS] in a D-Bus session of its own with an unlocked, empty gnome-keyring.
# Everything it starts ends with it: by process id, never by name.
set -euo pipefail

if [ "${1:-}" = --inside ]; then
    shift
    # In the foreground it stays our child, so its process id is ours to end.
    gnome-keyring-daemon --foreground --unlock --components=secrets < "$KEYRING_TEST_HOME/password" \
        > "$KEYRING_TEST_HOME/daemon.log" 2>&1 &
    daemon=$!
    trap 'kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true' EXIT
    gdbus wait --session --timeout 20 org.freedesktop.secrets
    "$@"
    exit
fi

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/run" "$home/data" "$home/config" "$home/cache"
chmod 700 "$home/run"
printf 'a throwaway keyring' > "$home/password"
export KEYRING_TEST_HOME=$home HOME=$home XDG_RUNTIME_DIR=$home/run XDG_DATA_HOME=$home/data \
    XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY
export XDG_CURRENT_DESKTOP=GNOME
dbus-run-session -- "$0" --inside "$@"
