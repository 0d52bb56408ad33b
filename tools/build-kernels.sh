#!/usr/bin/env bash
# Builds the native operators (libedgesim_ops.so) into build/kernels; optional: without them the standard operators serve.
# Usage: tools/build-kernels.sh [cmake options, e.g. -DORT_INCLUDE=... -DEDGESIM_SANITIZE=ON]
#   BUILD=folder  another build folder; the library is only found in build/kernels or beside the program.
#   TARGETS=...   what to build of it; by default everything.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build/kernels}

if [[ ! " $* " == *" -DORT_INCLUDE="* ]]; then
  # The headers come with the package that the runtime is built against, in the version pinned for it.
  project=$root/src/EdgeSimToReal.Runtime/EdgeSimToReal.Runtime.csproj
  version=$(sed -n 's:.*<OnnxRuntimeVersion>\(.*\)</OnnxRuntimeVersion>.*:\1:p' "$root/Directory.Packages.props")
  packages=$(dotnet msbuild "$project" -getProperty:NuGetPackageRoot)
  include=$packages/microsoft.ml.onnxruntime/$version/build/native/include
  if [[ ! -f $include/onnxruntime_cxx_api.h ]]; then
    dotnet restore "$project" -v quiet -p:OrtGpu=none
    packages=$(dotnet msbuild "$project" -getProperty:NuGetPackageRoot)
    include=$packages/microsoft.ml.onnxruntime/$version/build/native/include
  fi
  set -- "-DORT_INCLUDE=$include" "$@"
fi

cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release "$@"
read -ra targets <<<"${TARGETS:-all}"
cmake --build "$build" --parallel --target "${targets[@]}"
