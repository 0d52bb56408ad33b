#!/usr/bin/env bash
# Prints the project's speed figures, each as a ratio to a reference measured in the same run: live, full, pixels, town, stream,
# all (those), and train [PRESET], which needs libtorch.
. "$(dirname "$0")/prepare.sh"
tools/build-kernels.sh >/dev/null
dotnet build -c Release -v quiet tools/EdgeSimToReal.Benchmarks
exec dotnet run -c Release --no-build --project tools/EdgeSimToReal.Benchmarks -- "${@:-all}"
