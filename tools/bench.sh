#!/usr/bin/env bash
# Prints the project's speed figures, each as a ratio to a reference measured in the same run: live [PRESET], full, start, pixels, guard, town,
# stream, all (those); presets [PRESET...], frames of several against each other; precision [PRESET|all [SECONDS]], bf16 against fp32; gpu
# [--json FILE] [--models FOLDER]... on a machine with a
# GPU (see gpu-check.sh); train [PRESET] and losses FOLDERS (pictures of 256x128), which take libtorch; around, what the bf16 kernels do but
# for their products.
. "$(dirname "$0")/prepare.sh"
tools/build-kernels.sh >/dev/null
[ "${1:-}" != around ] || exec build/kernels/kernels/tests/bf16_around "${@:2}"
dotnet build -c Release -v quiet tools/EdgeSimToReal.Benchmarks
program=$PWD/tools/EdgeSimToReal.Benchmarks/bin/Release/net10.0/linux-x64/edgesim-bench.dll
cd "$caller"
exec dotnet "$program" "${@:-all}"
