#!/usr/bin/env bash
# Builds everything, checks the style, runs every test. The last line is "N passed, N failed, N skipped".
NEED_CLANG=1 . "$(dirname "$0")/prepare.sh"
# A loaded machine is slow with more OpenMP threads than free cores.
export OMP_NUM_THREADS=1
tools/build-kernels.sh
native=$(mktemp) log=$(mktemp)
trap 'rm -f "$native" "$log"' EXIT
code=0
ctest --test-dir build/kernels --output-on-failure | tee "$native" || code=$?
dotnet restore -v quiet EdgeSimToReal.sln
dotnet build -c Release -v quiet --no-restore EdgeSimToReal.sln
dotnet format --verify-no-changes --no-restore --severity warn EdgeSimToReal.sln
dotnet test -c Release --no-build --max-parallel-test-modules 1 --solution EdgeSimToReal.sln | tee "$log" || code=$?
count() { sed -n "s/^ *$1: *\([0-9]*\).*/\1/p" "$log" | tail -1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
# The native suites count one each.
native_failed=$(sed -n 's/.* \([0-9]*\) tests\? failed out of .*/\1/p' "$native") native_all=$(sed -n 's/.* tests\? failed out of \([0-9]*\).*/\1/p' "$native")
failed=$((${failed:-0} + ${native_failed:-0})) passed=$((${passed:-0} + ${native_all:-0} - ${native_failed:-0}))
# A test program that dies without a verdict is a failure that the summary does not count.
[ "$code" = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$code"
