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
command -v gcc >/dev/null || packages+=(gcc libc6-dev)
command -v promtool >/dev/null || packages+=(prometheus)
command -v lz4 >/dev/null || packages+=(lz4)
command -v script >/dev/null || packages+=(bsdutils)
command -v git >/dev/null || packages+=(git)
command -v curl >/dev/null || packages+=(curl)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
command -v chromium chromium-browser google-chrome >/dev/null || packages+=(chromium fonts-dejavu-core)
if [ ${#packages[@]} -gt 0 ] && ! install_packages "${packages[@]}"; then
  say "Missing, and not to be installed from here: ${packages[*]}."
  say "Run as root: apt-get update && apt-get install -y ${packages[*]}"
  say "(other systems: the packages that hold redis-server 7, promtool of Prometheus, gcc, lz4, script of util-linux, git, curl, Node.js with npm, Chromium), then run this again."
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

# `npm ci` only where it was not done already, as by the build of the edge.
install_modules() { # in the folder of a package
  [ node_modules/.package-lock.json -nt package-lock.json ] ||
    npm ci --include=dev --prefer-offline --no-audit --no-fund --loglevel=error
}

# The TypeScript packages, before the tests that use what is built here.
js_passed=0 js_failed=0 js_skipped=0
test_package() { # folder, scripts to run before its tests
  local report="$results/${1//\//-}.json" code counts script passed failed skipped
  [ -f "$1/package.json" ] || return 0
  printf '%s\n' "npm test in $1"
  (
    cd "$1" || exit 1
    install_modules || exit 1
    for script in "${@:2}"; do npm run --silent "$script" || exit 1; done
    [ ${#filter[@]} -eq 0 ] || exit 0
    npm test --silent -- --reporter=default --reporter=json --outputFile.json="$report"
  )
  code=$?
  counts=$(node -p "const r = JSON.parse(fs.readFileSync('$report')); \
    [r.numPassedTests, r.numFailedTests, r.numPendingTests + r.numTodoTests].join(' ')" 2>/dev/null) || counts="0 0 0"
  read -r passed failed skipped <<<"$counts"
  # What failed before or beside its tests is one failure.
  [ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
  js_passed=$((js_passed + passed)) js_failed=$((js_failed + failed)) js_skipped=$((js_skipped + skipped))
}

# Built in any case: it is what the conformance tests drive. A filter is of the .NET tests alone.
test_package shared/client-js format:check build:conformance
[ ${#filter[@]} -gt 0 ] || test_package edge/web format:check

# The MessagePack that ours is checked against; without it its tests fail and say so.
(cd tests/MessagePackPeer && install_modules)

# The peers that the load tests' client is tried on; likewise.
(cd loadtests/peers/ws && install_modules)
(cd loadtests/peers/socket.io && install_modules)

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

# One more test: the packages, as far as the registries tell of them. What could not be asked is said, and is no failure.
if [ ${#filter[@]} -eq 0 ]; then
  if bash tests/audit.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
fi

if [ "$total" -eq 0 ]; then
  say "No test ran."
  finish 1 "$js_passed" "$js_failed" "$js_skipped"
fi
if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
  say "A test process ended before its tests did (exit code $code): see above."
  failed=1
fi
passed=$((passed + js_passed)) failed=$((failed + js_failed)) skipped=$((skipped + js_skipped))
[ "$failed" -eq 0 ] || code=1
finish "$code" "$passed" "$failed" "$skipped"
