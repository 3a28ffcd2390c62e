"""Airflow with an SQLite database of its own, set up before anything imports it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAGS = ROOT / "airflow-dags" / "dags"
WORLD = ROOT / "examples" / "icu-sepsis"

_home = Path(tempfile.mkdtemp(prefix="hindcast-airflow-"))
os.environ.update(
    AIRFLOW_HOME=str(_home),
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT="240",  # on a machine that is busy with something else
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=str(_home / "logs"),
    JDK_JAVA_OPTIONS="-XX:TieredStopAtLevel=1",  # for processes of a few seconds the quick compiler is the fast one
    AIRFLOW_CONN_HINDCAST_SPARK=json.dumps({"conn_type": "spark", "host": "local[2]"}),
)


@pytest.fixture(scope="session")
def database() -> None:
    """Airflow's tables, in SQLite."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's file of pipelines, with a stream beside what it has."""
    from hindcast_airflow import example

    folder = tmp_path_factory.mktemp("example")
    launcher = os.environ.get("HINDCAST_LAUNCHER", str(ROOT / "hindcast"))
    file = example.write(folder, WORLD, launcher)
    streams = (
        f"{{address: 'http://localhost:1', jar: {folder}/hindcast-flink.jar, savepoints: {folder}/savepoints, output: {folder}/stream}}"
    )
    file.write_text(file.read_text() + f"    stream: {streams}\nretries: {{most: 1, delay-seconds: 0.1}}\n")
    os.environ["HINDCAST_PIPELINES"] = str(file)
    return file
