#!/usr/bin/env bash
# The native suites under the address and undefined-behaviour sanitizers, and those of the GPU's operators under the thread
# sanitizer; in build/address and build/threads.
NEED_CLANG=1 . "$(dirname "$0")/prepare.sh"
run() {
    BUILD=$1 TARGETS=$3 tools/build-kernels.sh "$4"
    ctest --test-dir "$1" --output-on-failure -R "$2"
}
run build/address '^(kernels|bf16.*|cuda_.*)$' 'kernels_test bf16_test cuda_tests' -DEDGESIM_SANITIZE=ON
run build/threads '^cuda_.*$' cuda_tests -DEDGESIM_SANITIZE_THREADS=ON
