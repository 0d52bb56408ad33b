#!/usr/bin/env bash
# The native suites under the address, undefined-behaviour and thread sanitizers. Two minutes on two cores.
. "$(dirname "$0")/prepare.sh"
# The driver's fake and the operators of the GPU; the CPU's own suite has no threads but its tests', and takes long under the last.
run() {
    local build=$1 suites=$2
    BUILD=$build TARGETS=$3 tools/build-kernels.sh "$4"
    ctest --test-dir "$build" --output-on-failure -R "$suites"
}
run build/address '^(kernels|cuda_.*)$' "kernels_test cuda_tests" -DEDGESIM_SANITIZE=ON
run build/threads '^cuda_.*$' cuda_tests -DEDGESIM_SANITIZE_THREADS=ON
