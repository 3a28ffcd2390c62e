"""The words that come after ``hindcast``: one function for each stage, and how each engine is told them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from hindcast_airflow.paths import RunPaths
from hindcast_airflow.settings import Engine

MAIN_CLASS = "dev.hindcast.cli.Main"


def validate(run: RunPaths) -> list[str]:
    """Checks the config, and that the day's log has the columns it names."""
    return ["validate", "--data", *_config(run), *_source(run)]


def ingest(run: RunPaths, replace: bool = False) -> list[str]:
    """The day's log becomes a dataset."""
    return ["ingest", *_config(run), *_source(run), "--output", run.dataset, *_replace(replace)]


def train(run: RunPaths, replace: bool = False) -> list[str]:
    """The dataset becomes bundles: every algorithm, seed and point of a sweep is a Spark task."""
    return ["train", *_config(run), "--dataset", run.dataset, "--output", run.bundles, *_replace(replace)]


def evaluate(run: RunPaths, replace: bool = False) -> list[str]:
    """The bundles are judged on the dataset's held-out part."""
    words = ["evaluate", *_config(run), "--dataset", run.dataset, "--bundle", run.bundles, "--output", run.report]
    return [*words, *_replace(replace)]


def promote(run: RunPaths, registry: str, policy: str, bundle: str, mlflow: str = "") -> list[str]:
    """A bundle becomes the version in force, if the registry has nothing against it; a server shows it, if one is given."""
    return [
        *("promote", "--registry", registry, "--policy", policy, "--bundle", bundle),
        *("--report", run.report, "--dataset", run.dataset, "--window", run.window),
        *("--by", "airflow", "--json"),
        *(("--mlflow", mlflow) if mlflow else ()),
    ]


def launch(engine: Engine, words: Iterable[str]) -> list[str]:
    """The whole command, run by the launcher."""
    return [engine.command, *words]


def native_jars(engine: Engine) -> str:
    """What ``spark-submit`` takes as ``--jars``: every jar in the folder of native code, in order."""
    return ",".join(sorted(str(jar) for jar in Path(engine.natives).glob("*.jar"))) if engine.natives else ""


def _config(run: RunPaths) -> list[str]:
    return ["--config", run.config, *(word for override in run.overrides for word in ("--set", override))]


def _source(run: RunPaths) -> list[str]:
    place = run.sources[0] if len(run.sources) == 1 else json.dumps(list(run.sources))
    return ["--set", f"ingest.source.path={place}"]


def _replace(replace: bool) -> list[str]:
    return ["--replace"] if replace else []
