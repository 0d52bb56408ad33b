#!/usr/bin/env bash
# Takes a training to a machine with a GPU that has neither .NET nor a network, and brings the checkpoint back.
# Usage: tools/gpu-train.sh pack RUN FOLDER PATH...   packs trainer, .NET, the run's configuration and newest checkpoint, and the files and
#                                                     folders PATH..., as the configuration names them: relative to the present folder
#        FOLDER/gpu-train.sh [--minutes N] [--out FOLDER] [--device cuda|cpu] [--torch FOLDER]
#                                                     there: goes on with the run for N minutes (default 10)
#        tools/gpu-train.sh unpack FOLDER RUN         puts what came back into the run: 'edgesim-train lcsae --resume -o RUN' goes on with it
# What is packed lies in parts of at most PART_MB (default 45) megabytes, so that it may travel piece by piece; images in PATH... are
# recompressed (JPEG quality QUALITY, default 70) where ImageMagick is installed. What comes back lies in parts of at most 15 megabytes.
# libtorch stays here: there it is the one of the Python package torch, 2.10 or newer (--torch names another folder of libraries).
# Rehearse on a CPU: FOLDER/gpu-train.sh --device cpu --minutes 1 --torch src/EdgeSimToReal.Trainer/bin/Release/net10.0/linux-x64
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { echo "error: $1" >&2; exit "${2:-3}"; }
newest() { { find "$1/checkpoints" -name 'step-*.checkpoint' 2>/dev/null || true; } | sort | tail -1; }
# Its name, then the parts; a part that is missing or cut short is noticed by the checksum.
split_file() { rm -f "$2".*; split -b "$3" -d -a 3 "$1" "$2."; sha256sum "$1" | cut -d' ' -f1 >"$2.sha256"; }
join_file() {
    cat "$1".[0-9][0-9][0-9] >"$2"
    [ "$(sha256sum "$2" | cut -d' ' -f1)" = "$(cat "$1.sha256")" ] || { rm -f "$2"; fail "the parts '$1.*' are not complete: bring them all"; }
}

if [ -f "$here/pack.sha256" ]; then
    minutes=10 out=$here/out device=cuda torch=
    while [ $# -gt 0 ]; do
        case $1 in
            --minutes) minutes=$2 ;;
            --out) out=$2 ;;
            --device) device=$2 ;;
            --torch) torch=$2 ;;
            *) fail "unknown option '$1'" 2 ;;
        esac
        shift 2
    done
    mkdir -p "$out"
    out=$(cd "$out" && pwd)
    if [ -z "$torch" ]; then
        torch=$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))') \
            || fail "python3 has no torch here; name libtorch's folder with --torch" 6
    fi
    [ -f "$torch/libtorch_cpu.so" ] || fail "'$torch' has no libtorch_cpu.so" 6
    torch=$(cd "$torch" && pwd)
    cd "$here"
    if [ ! -d trainer ]; then
        join_file pack pack.tar.gz
        tar xzf pack.tar.gz
        rm pack.tar.gz
    fi
    # The program looks for libtorch beside itself.
    shopt -s nullglob
    for library in "$torch"/lib{torch,c10,gomp,shm,caffe2}*.so*; do ln -sf "$library" trainer/; done
    export LD_LIBRARY_PATH=$here/libraries:$torch${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} DOTNET_ROOT=$here/dotnet
    export DOTNET_ROLL_FORWARD=LatestPatch OMP_WAIT_POLICY=passive
    code=0
    timeout -s TERM "${minutes}m" trainer/edgesim-train lcsae --resume -o run --device "$device" --precision bf16 2>&1 \
        | tee -a "$out/train.log" || code=$?
    cp run/metrics.jsonl "$out/"
    sample=$({ find run/samples -name '*.png' 2>/dev/null || true; } | sort | tail -1)
    [ -z "$sample" ] || cp "$sample" "$out/"
    split_file "$(newest run)" "$out/$(basename "$(newest run)")" 15m
    # The time's end is what was asked for: timeout says 124, the trainer that it has stopped politely 130.
    case $code in 0 | 124 | 130) exit 0 ;; *) exit "$code" ;; esac
fi

case ${1:-} in
    pack)
        [ $# -ge 3 ] || fail "give the run, the folder to make, and what the configuration reads" 2
        run=$2 folder=$3 caller=$PWD
        shift 3
        [ -f "$run/config.json" ] || fail "'$run' is not a run: it has no config.json"
        [ -n "$(newest "$run")" ] || fail "'$run' has no checkpoint yet"
        for path in "$@"; do
            case $path in /* | *..*) fail "'$path' is not below the present folder: the configuration must name it by a relative path" ;; esac
            [ -e "$path" ] || fail "there is no '$path' here"
        done
        mkdir -p "$folder"
        folder=$(cd "$folder" && pwd) run=$(cd "$run" && pwd)
        stage=$(mktemp -d)
        trap 'rm -rf "$stage"' EXIT
        (
            . "$here/prepare.sh"
            dotnet publish -c Release -v quiet -p:DebugType=none src/EdgeSimToReal.Trainer -o "$stage/trainer"
        )
        # The native libraries that come from torch there.
        rm -f "$stage"/trainer/lib{torch,c10,gomp,shm,nvrtc,caffe2}*.so* "$stage"/trainer/*.dll.config
        root=$(dirname "$(readlink -f "$(command -v dotnet)")")
        mkdir -p "$stage/dotnet/shared/Microsoft.NETCore.App" "$stage/libraries" "$stage/run/checkpoints"
        cp -r "$root/host" "$stage/dotnet/"
        cp -r "$(ls -d "$root"/shared/Microsoft.NETCore.App/10.* | sort -V | tail -1)" "$stage/dotnet/shared/Microsoft.NETCore.App/"
        # OpenCV's library needs GTK, which a machine for computing lacks.
        ldd "$stage/trainer/libOpenCvSharpExtern.so" | awk '$3 ~ /^\// { print $3 }' | grep -vE '/(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+)\.so' \
            | xargs -I{} cp -L {} "$stage/libraries/"
        cp "$run/config.json" "$stage/run/"
        cp "$(newest "$run")" "$stage/run/checkpoints/"
        cd "$caller"
        for path in "$@"; do
            mkdir -p "$stage/$(dirname "$path")"
            cp -rL "$path" "$stage/$path"
        done
        if command -v mogrify >/dev/null; then
            find "$stage" -path "$stage/trainer" -prune -o -name '*.jpg' -print0 | xargs -0 -r -n 100 mogrify -quality "${QUALITY:-70}"
        fi
        echo "images and teachers: $(cd "$stage" && du -cm "$@" | tail -1 | cut -f1) MB"
        tar czf "$stage/pack.tar.gz" -C "$stage" trainer dotnet libraries run "$@"
        split_file "$stage/pack.tar.gz" "$folder/pack" "${PART_MB:-45}m"
        cp "$here/gpu-train.sh" "$folder/"
        echo "$folder: $(du -sm "$folder" | cut -f1) MB in $(ls "$folder"/pack.[0-9]* | wc -l) parts; there: ./gpu-train.sh --minutes N"
        ;;
    unpack)
        [ $# = 3 ] || fail "give the folder that came back, and the run" 2
        parts=$(ls "$2"/step-*.checkpoint.000 2>/dev/null | sort | tail -1) || true
        [ -n "$parts" ] || fail "'$2' holds no checkpoint"
        [ -d "$3/checkpoints" ] || fail "'$3' is not a run"
        base=${parts%.000}
        join_file "$base" "$3/checkpoints/.incoming"
        mv "$3/checkpoints/.incoming" "$3/checkpoints/$(basename "$base")"
        echo "$3/checkpoints/$(basename "$base")"
        ;;
    *)
        sed -n '2,/^set -/p' "${BASH_SOURCE[0]}" | sed -n 's/^# \{0,1\}//p'
        exit 2
        ;;
esac
