#!/usr/bin/env bash
# Sourced by the other scripts: finds or installs what building and running need. Debian 12, Ubuntu 22.04 and 24.04.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# A path as the caller means it, who may stand in another folder.
from_caller() { case $1 in /*) echo "$1" ;; *) echo "$caller/$1" ;; esac; }

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep '^10\.' >/dev/null; then
    echo "error: the .NET 10 SDK is missing. Install it: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 6
fi

# Debian gives users no path to ldconfig, and a grep that stops at its find would stop a long list's writer with an error.
has_library() { PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep -F "$1" >/dev/null; }

# OpenCV's native library needs GTK 3; its package has another name from Ubuntu 24.04 on.
packages=()
if ! has_library libgtk-3.so.0; then
    . /etc/os-release
    if [ "${ID:-}" = ubuntu ] && [ "${VERSION_ID%%.*}" -ge 24 ]; then packages+=(libgtk-3-0t64); else packages+=(libgtk-3-0); fi
fi
command -v g++ >/dev/null || packages+=(g++)
command -v make >/dev/null || packages+=(make)
command -v cmake >/dev/null || packages+=(cmake)
# The GPU's native operators are built where there is a compiler for them; only the tests insist on one.
if [ -n "${NEED_CLANG:-}" ] && ! command -v nvcc >/dev/null && ! compgen -c clang | grep -E '^clang(-[0-9]+)?$' >/dev/null; then
    packages+=(clang)
fi
if [ ${#packages[@]} -gt 0 ]; then
    install="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
    if [ "$(id -u)" = 0 ]; then
        sh -c "DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; ($install) >/dev/null"
    elif sudo -n true 2>/dev/null; then
        sudo sh -c "DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; ($install) >/dev/null"
    else
        echo "error: packages are missing. Run: sudo sh -c '$install'" >&2
        exit 6
    fi
fi
