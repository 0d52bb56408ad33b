#!/usr/bin/env bash
# Builds everything, checks the style, runs every test. The last line is "N passed, N failed, N skipped".
. "$(dirname "$0")/prepare.sh"
# A loaded machine is slow with more OpenMP threads than free cores.
export OMP_NUM_THREADS=1
tools/build-kernels.sh
dotnet restore -v quiet EdgeSimToReal.sln
dotnet build -c Release -v quiet --no-restore EdgeSimToReal.sln
dotnet format --verify-no-changes --no-restore --severity warn EdgeSimToReal.sln
log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
dotnet test -c Release --no-build --max-parallel-test-modules 1 --solution EdgeSimToReal.sln | tee "$log" || code=$?
count() { sed -n "s/^ *$1: *\([0-9]*\).*/\1/p" "$log" | tail -1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
# A test program that dies without a verdict is a failure that the summary does not count.
[ "$code" = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$code"
