#!/usr/bin/env bash
# From a fresh clone to a translated drive: builds the command and runs its demo. Results: out/.
. "$(dirname "$0")/prepare.sh"
tools/build-kernels.sh >/dev/null
dotnet build -c Release -v quiet src/EdgeSimToReal.Cli
program=$PWD/src/EdgeSimToReal.Cli/bin/Release/net10.0/linux-x64/edgesim.dll
cd "$caller"
exec dotnet "$program" demo "$@"
