#!/usr/bin/env bash
# Checks and tests the DAGs against the real Airflow: makes a virtual environment in VENV with what requirements.lock pins, then ruff and pytest.
# Usage: verify.sh VENV [words for pytest]. An environment that holds the same lock already is used as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
venv=$1; shift
if ! cmp -s requirements.lock "$venv/requirements.lock"; then
  echo "Installing Airflow and what it needs into $venv (700 MB, once)."
  rm -rf "$venv"
  python3 -m venv "$venv" || {
    echo "Cannot make a Python environment: Python 3.11 with its venv module is needed (Debian: python3 python3-venv)." >&2
    exit 1
  }
  "$venv/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
  index=$("$venv/bin/pip" config get global.index-url 2>/dev/null || true)
  UV_DEFAULT_INDEX=${index:-https://pypi.org/simple} "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" -r requirements.lock
  cp requirements.lock "$venv/requirements.lock"
fi
"$venv/bin/ruff" format --check --quiet .
"$venv/bin/ruff" check --quiet .
"$venv/bin/pytest" -q --durations=8 "$@"
