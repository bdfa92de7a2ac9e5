#!/bin/sh
# Makes .venv with the locked dependencies and this project in it. Returns at once when it already
# fits. Changes the system only if nothing else works: then installs python3.x-venv through
# apt-get, as root or with a password-less sudo (YIPAN_NO_APT=1 forbids that).
#
# PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/.setup
PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_DISABLE_PIP_VERSION_CHECK
# Settings of a person's shell that would send packages elsewhere.
unset PIP_USER PIP_TARGET PIP_PREFIX PYTHONHOME PYTHONPATH || true

say() { printf '%s\n' "$*" >&2; }

# The place is part of it: commands in a venv know their path, so a moved folder needs a new one.
wanted() {
    { pwd -P; cat requirements-dev.lock; sed -n '/^\[project\]/,/^\[dependency-groups\]/p' pyproject.toml; } | cksum
}

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
# The versions the lock is made for; a newer Python is taken only if there is none of these.
is_tested() { "$1" -c 'import sys; sys.exit(sys.version_info >= (3, 15))' >/dev/null 2>&1; }
can_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

pythons() {
    if [ -n "${PYTHON:-}" ]; then
        ! fits "$PYTHON" || echo "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if fits "$name" && is_tested "$name"; then echo "$name"; fi
    done
    ! fits python3 || echo python3
}

privileged() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_apt() {
    [ -z "${YIPAN_NO_APT:-}" ] && command -v apt-get >/dev/null && privileged true 2>/dev/null
}

apt_venv() {
    found=$(pythons | head -n 1)
    if [ -n "$found" ]; then
        versions=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    else
        versions="3.13 3.12 3.11 3.14"
    fi
    privileged apt-get update -qq || return 1
    for version in $versions; do
        if apt-cache show "python$version-venv" >/dev/null 2>&1; then
            say "Installing python$version-venv with apt-get."
            privileged env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -qq --no-install-recommends "python$version-venv" >/dev/null
            return
        fi
    done
    return 1
}

venv_by_stdlib() {
    for python in $(pythons); do
        if can_venv "$python"; then
            say "Making $VENV with $("$python" -V)."
            "$python" -m venv --clear "$VENV"
            return
        fi
    done
    return 1
}

# Ways around a Python that was packaged without ensurepip, and without touching the system.
venv_by_others() {
    python=$(pythons | head -n 1)
    if command -v uv >/dev/null; then
        say "Making $VENV with uv."
        uv venv --quiet --clear --seed --python "${python:-3.13}" "$VENV" && return
    fi
    [ -n "$python" ] || return 1
    if "$python" -m virtualenv --version >/dev/null 2>&1; then
        say "Making $VENV with virtualenv."
        "$python" -m virtualenv --quiet --clear "$VENV" && return
    fi
    if "$python" -m pip --help 2>/dev/null | grep -q -e --python; then
        say "Making $VENV with $("$python" -V) and its pip."
        "$python" -m venv --clear --without-pip "$VENV" &&
            "$python" -m pip --python "$VENV/bin/python" install --quiet pip && return
    fi
    return 1
}

make_venv() {
    venv_by_stdlib && return
    venv_by_others && return
    if may_apt && apt_venv && venv_by_stdlib; then return; fi
    say ""
    say "Yipan needs Python 3.11 or newer, with its venv module, and found none."
    say "  Debian, Ubuntu:  sudo apt-get install python3-venv"
    say "  macOS:           brew install python@3.13"
    say "  elsewhere:       PYTHON=/path/to/python3 make setup"
    exit 1
}

healthy() {
    [ -x "$VENV/bin/python" ] && fits "$VENV/bin/python" &&
        "$VENV/bin/python" -m pip --version >/dev/null 2>&1 &&
        grep -qF "$(pwd -P)/" "$VENV/bin/pip"
}

want=$(wanted)
if [ -x "$VENV/bin/python" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$want" ]; then exit 0; fi

healthy || make_venv
rm -f "$STAMP"
quiet=--quiet
if [ -t 1 ]; then quiet=; fi
say "Installing the locked packages (the first time takes a minute or two)."
# --no-deps: the lock is complete. Wheels only: nothing is compiled, nothing runs at install.
"$VENV/bin/python" -m pip install $quiet --require-hashes --no-deps --only-binary :all: \
    --requirement requirements-dev.lock
"$VENV/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
echo "$want" >"$STAMP"
