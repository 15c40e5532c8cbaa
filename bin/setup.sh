# Sourced by bin/start and bin/test: puts in place what a fresh machine lacks. POSIX sh.

DENO_VERSION=2.9.6

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "Cannot start: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root; says what to do when that is not possible.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    fail "run this as root first: $*"
  fi
}

# Runs a command without its chatter; shows it when the command fails.
quietly() {
  chatter=$(mktemp)
  if ! "$@" >"$chatter" 2>&1; then
    cat "$chatter" >&2
    rm -f "$chatter"
    fail "this did not work: $*"
  fi
  rm -f "$chatter"
}

APT_UPDATED=
# need_packages "<why>" "<apt packages>" "<apk packages>" "<brew packages>"
need_packages() {
  say "Installing $1 …"
  if have apt-get; then
    if [ -z "$APT_UPDATED" ]; then
      quietly as_root apt-get update -qq
      APT_UPDATED=1
    fi
    # shellcheck disable=SC2086
    quietly as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends $2
  elif have apk; then
    # shellcheck disable=SC2086
    quietly as_root apk add $3
  elif have brew; then
    # shellcheck disable=SC2086
    quietly brew install $4
  else
    fail "install $1 and try again (no apt-get, apk or brew here)"
  fi
}

deno_is_pinned() {
  [ "$("$1" --version 2>/dev/null | sed -n '1s/^deno \([0-9.]*\).*/\1/p')" = "$DENO_VERSION" ]
}

# Sets DENO to a real binary of the pinned version (not a wrapper, which would not pass signals on).
need_deno() {
  if have deno && deno_is_pinned deno; then
    # The npm package puts a Node script on PATH; ask Deno itself where its binary is.
    DENO=$(deno eval 'console.log(Deno.execPath())')
    return
  fi
  store="${XDG_CACHE_HOME:-${HOME:-.}/.cache}/wanren/deno-$DENO_VERSION"
  DENO=$(find "$store" -path '*/@deno/*/deno' -type f 2>/dev/null | head -n 1)
  if [ -n "$DENO" ] && deno_is_pinned "$DENO"; then return; fi
  if have apk && ! have ldconfig; then
    # There is no npm build for musl; Alpine has a package of its own.
    need_packages "Deno" "" "deno" ""
    DENO=$(command -v deno)
    return
  fi
  have npm || fail "install Node.js with npm, or Deno $DENO_VERSION, and try again"
  say "Installing Deno $DENO_VERSION …"
  mkdir -p "$store"
  quietly npm install --prefix "$store" --no-audit --no-fund "deno@$DENO_VERSION"
  DENO=$(find "$store" -path '*/@deno/*/deno' -type f | head -n 1)
  [ -n "$DENO" ] && deno_is_pinned "$DENO" || fail "deno@$DENO_VERSION does not run on this machine"
}

need_ffmpeg() {
  if have ffmpeg && have ffprobe; then return; fi
  need_packages "ffmpeg" "ffmpeg" "ffmpeg" "ffmpeg"
}
