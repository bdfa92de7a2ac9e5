#!/bin/sh
# Writes requirements.lock (to install and run) and requirements-dev.lock (to work on it) from
# pyproject.toml: exact versions with hashes, one answer for Linux and macOS, x86_64 and arm64,
# Python 3.11 to 3.14.
#
# Pinned versions stay as they are unless asked otherwise:
#   make lock                                  only what pyproject.toml changed
#   make lock ARGS="--upgrade-package django"  one package
#   make lock ARGS=--upgrade                   everything
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
PYTHON=${PYTHON:-.venv/bin/python}
TOOLS=.tools/uv-$UV_VERSION

if [ ! -x "$TOOLS/bin/uv" ]; then
    "$PYTHON" -m venv "$TOOLS"
    "$TOOLS/bin/python" -m pip install --quiet "uv==$UV_VERSION"
fi

compile() {
    UV_CUSTOM_COMPILE_COMMAND="make lock" "$TOOLS/bin/uv" pip compile \
        --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-emit-find-links \
        --constraint scripts/lock_constraints.txt "$@" pyproject.toml
}

# shellcheck disable=SC2048,SC2086  # the arguments are options, split on purpose
compile $* --group build --output-file requirements.lock
# shellcheck disable=SC2048,SC2086
compile $* --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock

# What was promised at the top: a wheel of everything for everybody.
for platform in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu \
    x86_64-apple-darwin aarch64-apple-darwin; do
    for python in 3.11 3.12 3.13 3.14; do
        "$TOOLS/bin/uv" pip install --quiet --dry-run --target "$TOOLS/nowhere" \
            --python-platform "$platform" --python-version "$python" \
            --only-binary :all: --require-hashes --requirement requirements-dev.lock || {
            echo "No complete set for Python $python on $platform: see scripts/lock_constraints.txt" >&2
            exit 1
        }
    done
done
