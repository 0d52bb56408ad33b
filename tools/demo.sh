#!/usr/bin/env bash
# From a fresh clone to a translated drive: builds the command and runs its demo. Results: out/.
. "$(dirname "$0")/prepare.sh"
tools/build-kernels.sh >/dev/null
dotnet build -c Release -v quiet src/EdgeSimToReal.Cli
exec dotnet run -c Release --no-build --project src/EdgeSimToReal.Cli -- demo --output out "$@"
