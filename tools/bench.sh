#!/usr/bin/env bash
# Prints the project's speed figures, each as a ratio to a reference measured in the same run: live, full, start, pixels, guard, town, stream,
# all (those); precision [edge|full|all [SECONDS]], tables of bf16 against fp32; gpu [--json FILE] [--models FOLDER]... on a machine with a
# GPU (see gpu-check.sh); train [PRESET] and losses FOLDERS, which take libtorch.
. "$(dirname "$0")/prepare.sh"
tools/build-kernels.sh >/dev/null
dotnet build -c Release -v quiet tools/EdgeSimToReal.Benchmarks
exec dotnet run -c Release --no-build --project tools/EdgeSimToReal.Benchmarks -- "${@:-all}"
