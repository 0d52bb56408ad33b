#!/usr/bin/env bash
# Checks everything that needs a CUDA GPU and writes figures: device test suites, kernels and bundles against the CPU, a latency table.
# Usage: tools/gpu-check.sh [check options]                 builds here and runs; needs the .NET SDK
#        tools/gpu-check.sh publish FOLDER                  makes a folder to carry to a machine that has neither SDK nor .NET
#        FOLDER/gpu-check.sh [--ort FOLDER] [check options] runs there; --ort: ONNX Runtime's native libraries with the CUDA provider
# Check options: --json FILE (default gpu-check.json), --models FOLDER ..., --quick, --presets edge,full, --sizes 512x256,...,
# --verbose (ONNX Runtime tells where each operator runs).
# Exit code 6: there is no GPU that can be used; the one line before says why.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suites=(-class '*.CudaKernelTests')

# The programs lie beside this script, or are built: $check and $tests are their folders.
run() {
    local summary code=0
    case " $* " in *" --json "*) ;; *) set -- --json gpu-check.json "$@" ;; esac
    case " $* " in *" --models "*) ;; *) set -- --models "$shipped" "$@" ;; esac
    "$check/EdgeSimToReal.GpuCheck" --probe "$@" || return
    # The check judges what the suites say of themselves: one that skips has not been run.
    "$tests/EdgeSimToReal.Kernels.Tests" "${suites[@]}" | tee "$log" || code=$?
    summary=$(grep -o 'Total: .*' "$log" | tail -1 || true)
    "$check/EdgeSimToReal.GpuCheck" --suites "${summary:-no summary}; exit code $code" "$@"
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if [ -d "$here/check" ]; then
    check=$here/check tests=$here/tests shipped=$here/models/edge
    if [ "${1:-}" = --ort ]; then
        [ -f "${2:-}/libonnxruntime_providers_cuda.so" ] || { echo "error: '${2:-}' has no libonnxruntime_providers_cuda.so" >&2; exit 3; }
        # ONNX Runtime looks for its providers beside itself, and a program for ONNX Runtime beside itself.
        for program in "$check" "$tests"; do cp -f "$2"/libonnxruntime*.so* "$program/"; done
        export LD_LIBRARY_PATH=$2${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
        shift 2
    fi
    export DOTNET_ROOT=$here/dotnet DOTNET_ROLL_FORWARD=LatestPatch
    run "$@"
    exit
fi

. "$here/prepare.sh"
# Here the check needs ONNX Runtime with its CUDA provider; a published folder gets it there.
if [ "${1:-}" != publish ] && has_library libcuda.so.1; then export OrtGpu=${OrtGpu:-cuda}; fi
tools/build-kernels.sh >/dev/null
if [ "${1:-}" = publish ]; then
    folder=$(from_caller "${2:?give the folder}")
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    dotnet publish -c Release -v quiet -p:DebugType=none tools/EdgeSimToReal.GpuCheck -o "$folder/check"
    dotnet publish -c Release -v quiet -p:DebugType=none tests/EdgeSimToReal.Kernels.Tests -o "$folder/tests"
    # .NET's own folder rather than a self-contained publish: no runtime packages are needed, and both programs share it.
    root=$(dirname "$(readlink -f "$(command -v dotnet)")")
    mkdir -p "$folder/dotnet/shared/Microsoft.NETCore.App"
    cp -rf "$root/host" "$folder/dotnet/"
    newest=$(ls -d "$root"/shared/Microsoft.NETCore.App/10.* | sort -V | tail -1)
    cp -rf "$newest" "$folder/dotnet/shared/Microsoft.NETCore.App/"
    mkdir -p "$folder/models"
    cp -rf models/edge "$folder/models/"
    cp -f tools/gpu-check.sh "$folder/"
    echo "$folder: $(du -sm "$folder" | cut -f1) MB; there: ./gpu-check.sh [--ort FOLDER]"
    exit
fi
dotnet build -c Release -v quiet tools/EdgeSimToReal.GpuCheck
dotnet build -c Release -v quiet tests/EdgeSimToReal.Kernels.Tests
check=$PWD/tools/EdgeSimToReal.GpuCheck/bin/Release/net10.0/linux-x64
tests=$PWD/tests/EdgeSimToReal.Kernels.Tests/bin/Release/net10.0/linux-x64 shipped=$PWD/models/edge
cd "$caller"
run "$@"
