#!/usr/bin/env bash
# Audits the packages: versions that are fixed, licences, and known vulnerabilities as far as the registries tell.
#
#   bash tests/audit.sh            exit code 1 on a package that is not fixed, or on a finding of high or critical
#
# What a registry does not serve is said in a line that begins with NOT ASKED, and is no finding: nothing is known then.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
cd "$root" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
node=(edge/web shared/client-js tests/MessagePackPeer)
failed=0

say() { printf 'audit: %s\n' "$*"; }
finding() { say "FOUND: $*"; failed=1; }

# --- Versions are fixed ---------------------------------------------------------------------------------------------

# A range, a wildcard or a version beside Directory.Packages.props would let a build differ from the one that was tested.
floating=$(grep -nE '<PackageVersion ' Directory.Packages.props | grep -vE 'Version="[0-9]+(\.[0-9]+){2,3}"')
[ -z "$floating" ] || finding "versions in Directory.Packages.props that are not exact: $floating"
beside=$(git ls-files '*.csproj' 'Directory.Build.*' | xargs grep -nE '<PackageReference [^>]*Version(Override)?=')
[ -z "$beside" ] || finding "versions outside of Directory.Packages.props: $beside"

for folder in "${node[@]}"; do
  [ -f "$folder/package-lock.json" ] || { finding "$folder has no package-lock.json"; continue; }
  node -e '
    const lock = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const loose = Object.entries(lock.packages)
      .filter(([path, one]) => path.includes("node_modules/") && !one.link && !(one.version && one.integrity))
      .map(([path]) => path);
    if (loose.length > 0) { console.log(loose.join(", ")); process.exit(1); }
  ' "$folder/package-lock.json" || finding "$folder/package-lock.json: packages without version or hash"
done

# --- Known vulnerabilities: NuGet -----------------------------------------------------------------------------------

# `dotnet list package --vulnerable` finds nothing, and says so, where a source tells of no vulnerabilities at all: so
# that is asked first (VulnerabilityInfo in the service index, https://learn.microsoft.com/nuget/api/vulnerability-info).
audit_nuget() {
  local sources source asked=0 report
  sources=$(dotnet nuget list source --format short | sed -n 's/^E \(https\?:\)/\1/p')
  for source in $sources; do
    if curl -fsSL --max-time 20 "$source" 2>/dev/null | grep -q '"VulnerabilityInfo/'; then
      asked=1
    else
      say "NOT ASKED: NuGet: $source tells of no vulnerabilities."
    fi
  done
  [ "$asked" -eq 1 ] || { say "NOT ASKED: NuGet: no source does; nothing is known of ${1:-these packages}."; return; }

  report=$(dotnet list Realtime.sln package --vulnerable --include-transitive --format json) ||
    { say "NOT ASKED: NuGet: the list could not be made."; return; }
  printf '%s' "$report" | node -e '
    const report = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const found = new Map();
    for (const project of report.projects ?? [])
      for (const framework of project.frameworks ?? [])
        for (const one of [...(framework.topLevelPackages ?? []), ...(framework.transitivePackages ?? [])])
          for (const known of one.vulnerabilities ?? [])
            found.set(`${one.id} ${one.resolvedVersion}: ${known.severity}, ${known.advisoryurl}`, known.severity);
    for (const text of found.keys()) console.log(`audit: NuGet: ${text}`);
    process.exit([...found.values()].some((severity) => /^(high|critical)$/i.test(severity)) ? 1 : 0);
  ' || finding "NuGet packages with known vulnerabilities of high or critical severity"
  say "NuGet: asked."
}

# --- Known vulnerabilities: npm -------------------------------------------------------------------------------------

audit_npm() { # folder
  local report
  report=$(cd "$1" && npm audit --json --package-lock-only 2>/dev/null)
  printf '%s' "$report" | node -e '
    let report;
    try { report = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch { process.exit(3); }
    if (!report.metadata?.vulnerabilities) { console.log(`audit: npm: ${report.message ?? report.error?.summary}`); process.exit(3); }
    for (const [name, one] of Object.entries(report.vulnerabilities ?? {}))
      console.log(`audit: npm: ${process.argv[1]}: ${name} ${one.range}: ${one.severity}`);
    const { high = 0, critical = 0 } = report.metadata.vulnerabilities;
    process.exit(high + critical > 0 ? 1 : 0);
  ' "$1"
  case $? in
    0) say "npm: $1 asked." ;;
    1) finding "npm packages of $1 with known vulnerabilities of high or critical severity" ;;
    *) say "NOT ASKED: npm: the registry does not tell of vulnerabilities; nothing is known of the packages of $1." ;;
  esac
}

audit_nuget "the packages of Realtime.sln"
for folder in "${node[@]}"; do audit_npm "$folder"; done

# --- Licences of what is shipped to browsers and users, as the lock files have them ---------------------------------

for folder in "${node[@]}"; do
  say "licences of $folder: $(node -p '
    const lock = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const counts = {};
    for (const [path, one] of Object.entries(lock.packages))
      if (path.includes("node_modules/") && !one.link) counts[one.license ?? "unknown"] = (counts[one.license ?? "unknown"] ?? 0) + 1;
    Object.entries(counts).sort().map(([name, count]) => `${name} ${count}`).join(", ");
  ' "$folder/package-lock.json")"
done

[ "$failed" -eq 0 ] && say "no finding in what was asked."
exit "$failed"
