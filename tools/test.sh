#!/usr/bin/env bash
# Builds everything, checks the style, runs every test. The last line is "N passed, N failed, N skipped".
. "$(dirname "$0")/prepare.sh"
# A loaded machine is slow with more OpenMP threads than free cores.
export OMP_NUM_THREADS=1
tools/build-kernels.sh
dotnet restore -v quiet EdgeSimToReal.sln
dotnet build -c Release -v quiet --no-restore EdgeSimToReal.sln
dotnet format --verify-no-changes --no-restore --severity warn EdgeSimToReal.sln
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
code=0
dotnet test -c Release --no-build -m:1 --logger trx --results-directory "$results" EdgeSimToReal.sln || code=$?
sum() { grep -oh "<Counters [^>]*" "$results"/*.trx | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{s += $1} END {print s + 0}'; }
total=$(sum total) passed=$(sum passed) failed=$(($(sum failed) + $(sum error) + $(sum timeout) + $(sum aborted)))
echo "$passed passed, $failed failed, $((total - passed - failed)) skipped"
[ "$passed" -gt 0 ] && [ "$failed" = 0 ] && exit "$code"
exit 1
