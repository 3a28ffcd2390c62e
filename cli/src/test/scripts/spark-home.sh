#!/usr/bin/env bash
# A real Spark distribution for the integration tests: PyPI's pyspark package brings spark-submit and its jars.
# Usage: spark-home.sh VENV VERSION. Does nothing when VENV holds that version already.
set -euo pipefail
venv=$1 version=$2
installed() { [ -x "$venv/bin/python" ] && [ "$("$venv/bin/python" -c 'import pyspark; print(pyspark.__version__)' 2>/dev/null)" = "$version" ]; }
installed && exit 0
echo "Installing pyspark $version into $venv: its spark-submit runs the integration tests (300 MB, once)."
python3 -m venv "$venv" || {
  echo "Cannot make a Python environment: Python 3.11 with its venv module is needed (Debian: python3 python3-venv)." >&2
  exit 1
}
"$venv/bin/pip" install --quiet --disable-pip-version-check "pyspark==$version"
installed
