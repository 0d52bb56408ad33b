#!/usr/bin/env bash
# Shows that the training learns what it is shown: preset tiny on 8 pictures, 4 of a simulator and 4 photographs, until it knows them by
# heart. It ends well where their reconstructions' L1 is below 0.05 (values from -1 to 1). The last of the run's samples shows hybrids, which
# are to have the photographs' colours.
# tools/overfit.sh FOLDER [DATA]: DATA holds sim-carla23 and real-camvid11. 8,000 steps take about half an hour of one core.
. "$(dirname "$0")/prepare.sh"
out=$(realpath -m "$(from_caller "${1:?usage: tools/overfit.sh FOLDER [DATA]}")") data=../shared/data
[ $# -lt 2 ] || data=$(from_caller "$2")
export OMP_NUM_THREADS=1
dotnet build -c Release -v quiet src/EdgeSimToReal.Cli
dotnet build -c Release -v quiet src/EdgeSimToReal.Trainer
bin() { echo "src/EdgeSimToReal.$1/bin/Release/net10.0/linux-x64/$2"; }

# Calm pictures (each of 512x256, whose middle becomes 64x64): 41,000 parameters draw leaves of trees for a long time.
pictures() { # pictures NAME SET LABELS FILE...
    local name=$1 set=$data/$2/train space=$3
    shift 3
    mkdir -p "$out/$name/images" "$out/$name/labels"
    for file; do
        cp "$set/images/$file.jpg" "$out/$name/images/"
        cp "$set/labels/$file.png" "$out/$name/labels/"
    done
    "$(bin Cli edgesim)" prepare "$out/$name" --layout plain --source-labels "$space" --to shared10 --size 64x64 --val-share 0 \
        -o "$out/$name-64" >/dev/null
}
pictures simulated sim-carla23 carla23 000026 002758 015239 064410
pictures real real-camvid11 camvid11 0001TP_007440 0006R0_f01560 0006R0_f03930 0016E5_00750
sets=()
for set in simulated real; do sets+=(--set "$set.0.path=$out/$set-64/train" --set "validation.$set.path=$out/$set-64/train"); done
"$(bin Trainer edgesim-train)" lcsae --preset tiny --config models/sources/tiny-overfit.json "${sets[@]}" -o "$out/run"
l1=$(sed -n 's|.*"validation/l1":\([0-9.e-]*\).*|\1|p' "$out/run/metrics.jsonl" | tail -1)
echo "L1 of the reconstructions: $l1; pictures: $(find "$out/run/samples" -name '*.png' | sort | tail -1)"
awk -v l1="$l1" 'BEGIN { exit !(l1 > 0 && l1 < 0.05) }' || { echo "error: not below 0.05" >&2; exit 1; }
