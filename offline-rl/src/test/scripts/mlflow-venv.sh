#!/usr/bin/env bash
# A real MLflow server for the integration tests, from PyPI. Usage: mlflow-venv.sh VENV VERSION.
# Does nothing when VENV holds that version already.
set -euo pipefail
venv=$1 version=$2
installed() { [ -x "$venv/bin/python" ] && [ "$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("mlflow"))' 2>/dev/null)" = "$version" ]; }
installed && exit 0
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check "mlflow==$version"
installed
