#!/usr/bin/env bash
# The test command: installs what it lacks (Debian), builds, runs every test, ends with "N passed, N failed".
#
#   bash tests/run.sh                                     everything
#   bash tests/run.sh --filter FullyQualifiedName~Edge    some (an expression of `dotnet test --filter`)
#
# Exit code: 0 if at least one test ran and none failed.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
configuration=Release
filter=()

usage() { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
say() { printf '%s\n' "$*" >&2; }

# Every way out passes here, so that the last line is always the count.
finish() { # exit code, passed, failed, skipped
  local line="$2 passed, $3 failed"
  [ "$4" -eq 0 ] || line="$line, $4 skipped"
  printf '%s\n' "$line"
  exit "$1"
}

while [ $# -gt 0 ]; do
  case "$1" in
    --filter) [ $# -ge 2 ] || { say "--filter needs an expression, such as FullyQualifiedName~Edge"; exit 2; }
      filter=(--filter "$2"); shift 2 ;;
    --filter=*) filter=(--filter "${1#--filter=}"); shift ;;
    -h | --help) usage; exit 0 ;;
    *) say "Unknown option: $1"; usage >&2; exit 2 ;;
  esac
done

# --- What the tests need ------------------------------------------------------------------------------------------

if ! command -v dotnet >/dev/null; then
  say "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0,"
  say "and see that 'dotnet --version' answers."
  finish 1 0 0 0
fi

# A service that the package would start is of no use here: tests start their own redis-server on a free port.
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || return 1
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o Dpkg::Use-Pty=0)
  say "Installing: $*"
  "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
  "${apt[@]}" update >/dev/null && "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null
}

packages=()
command -v redis-server >/dev/null || packages+=(redis-server)
command -v redis-cli >/dev/null || packages+=(redis-tools)
command -v script >/dev/null || packages+=(bsdutils)
command -v git >/dev/null || packages+=(git)
command -v curl >/dev/null || packages+=(curl)
if [ ${#packages[@]} -gt 0 ] && ! install_packages "${packages[@]}"; then
  say "Missing, and not to be installed from here: ${packages[*]}."
  say "Run as root: apt-get update && apt-get install -y ${packages[*]}"
  say "(other systems: the packages that hold redis-server 7, script of util-linux, git, curl), then run this again."
  finish 1 0 0 0
fi

# --- Build and run ------------------------------------------------------------------------------------------------

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-${HOME:-/tmp}}"
export DOTNET_CLI_UI_LANGUAGE=en
cd "$root" || exit 1

results=$(mktemp -d "${TMPDIR:-/tmp}/realtime-tests.XXXXXX") || exit 1
trap 'rm -rf "$results"' EXIT

if ! dotnet build Realtime.sln -c "$configuration" -v quiet -clp:NoSummary; then
  say "The build failed: no test ran."
  finish 1 0 0 0
fi

# A test that hangs is ended and told, instead of holding the machine.
dotnet test Realtime.sln -c "$configuration" --no-build \
  --logger trx --logger "console;verbosity=minimal" --results-directory "$results" \
  --blame-hang --blame-hang-timeout 5m --blame-hang-dump-type none \
  ${filter[@]+"${filter[@]}"}
code=$?

# Sums one attribute of <Counters …/> over all result files (one per test project).
count() {
  find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + |
    grep -o "[ ]$1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ sum += $1 } END { print sum + 0 }'
}

# What is neither executed nor failed was skipped: trx leaves skipped tests out of every other counter.
total=$(count total)
passed=$(count passed)
failed=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
skipped=$((total - $(count executed)))

if [ "$total" -eq 0 ]; then
  say "No test ran."
  finish 1 0 0 0
fi
if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
  say "A test process ended before its tests did (exit code $code): see above."
  failed=1
fi
[ "$failed" -eq 0 ] || code=1
finish "$code" "$passed" "$failed" "$skipped"
