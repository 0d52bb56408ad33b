#!/usr/bin/env bash
# Kills the trainer at random moments and lets it go on, then compares its weights with those of an undisturbed run, to the bit.
# tools/kill-trainer.sh [KILLS [STEPS]]: 20 kills within 120 steps of preset tiny, a checkpoint every 3 steps. Kills count that fall before
# the last step; where a run ends before all have, it is compared and another one is killed.
. "$(dirname "$0")/prepare.sh"
kills=${1:-20} steps=${2:-120}
export OMP_NUM_THREADS=1
dotnet build -c Release -v quiet src/EdgeSimToReal.Cli
dotnet build -c Release -v quiet src/EdgeSimToReal.Trainer
bin() { echo "src/EdgeSimToReal.$1/bin/Release/net10.0/linux-x64/$2"; }
work=$(mktemp -d)
pid=
kill_run() { [ -z "$pid" ] || { pkill -KILL -P "$pid"; kill -KILL "$pid"; } 2>/dev/null || true; }
trap 'kill_run; rm -rf "$work"' EXIT # jobs in the background don't hear Ctrl-C

for seed in 1 2; do
    "$(bin Cli edgesim)" collect town:// --seed $seed -n 8 -o "$work/set$seed" >/dev/null
done
train=$(bin Trainer edgesim-train)
"$train" segmenter --preset small-data --set width=8 --set steps=2 --set batchSize=2 --set "training.0.path=$work/set2" -o "$work/teacher" >/dev/null
start() { # start FOLDER
    "$train" lcsae --preset tiny --precision fp32 --set "simulated.0.path=$work/set1" --set "real.0.path=$work/set2" \
        --set "outer.segmenters.0=$work/teacher/weights/segmenter.safetensors" --set "images=$((steps * 8))" \
        --set run.checkpointSteps=3 --set run.validationSteps=1000000 --set run.sampleSteps=1000000 -o "$1"
}
newest() { { find "$work/killed/checkpoints" -name '*.checkpoint' 2>/dev/null || true; } | sed -n 's/.*step-0*\([0-9]*\)\.checkpoint/\1/p' | sort -n | tail -1; }

began=$(date +%s%N)
start "$work/whole" >"$work/whole.log"
whole=$((($(date +%s%N) - began) / 1000000))
echo "undisturbed: $steps steps in $whole ms"
go_on() { # what a person would do next
    if [ -n "$(newest)" ]; then "$train" lcsae --resume -o "$work/killed"; else rm -rf "$work/killed"; start "$work/killed"; fi
}
same() { # The killed run goes on to its end, if it is not there, and must have the undisturbed one's weights.
    [ -f "$work/killed/weights/weights.safetensors" ] || go_on >"$work/killed.log" 2>&1 || { cat "$work/killed.log"; exit 1; }
    local a b
    a=$(sha256sum <"$work/whole/weights/weights.safetensors") b=$(sha256sum <"$work/killed/weights/weights.safetensors")
    [ "$a" = "$b" ] || { echo "the weights differ after $done kills"; exit 1; }
    echo "after $done kills the weights are the undisturbed run's: ${a%% *}"
}
done=0
while [ "$done" -lt "$kills" ]; do
    before=$(newest)
    # A run that is at its end can't be killed in its steps: it is compared, and another begins.
    if [ "${before:-0}" -ge "$steps" ]; then
        same
        rm -rf "$work/killed"
        before=
    fi
    go_on >"$work/killed.log" 2>&1 &
    pid=$!
    # Start-up and a part of the steps: anywhere between nothing done and several checkpoints.
    sleep "$(awk -v m=$whole -v k="$kills" 'BEGIN { srand(); print (1500 + rand() * 1.4 * m / k) / 1000 }')"
    kill_run
    wait $pid 2>/dev/null && code=0 || code=$?
    pid=
    [ "$code" = 0 ] && continue # it ended by itself
    [ "$code" = 137 ] || { cat "$work/killed.log"; echo "the run ended with $code by itself"; exit 1; }
    after=$(newest)
    [ "${after:-0}" -ge "${before:-0}" ] || { echo "a kill lost checkpoint ${before}: the newest is ${after:-none}"; exit 1; }
    [ "${after:-0}" -lt "$steps" ] || continue # it fell after the last step
    done=$((done + 1))
    echo "kill $done: newest checkpoint ${after:-none}"
done
same
