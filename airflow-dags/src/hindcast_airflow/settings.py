"""What one installation schedules: which policies, from which logs, on which engine. One YAML file for all of it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

FILE_VARIABLE = "HINDCAST_PIPELINES"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class SettingsError(ValueError):
    """The file of pipelines says something that cannot be used."""


@dataclass(frozen=True)
class Engine:
    """How verbs are run.

    :param kind: ``launcher`` (a process of the worker's machine), ``spark-submit`` or ``kubernetes``
    :param command: the launcher; with ``spark-submit`` the binary
    :param jar: ``hindcast-spark.jar``
    :param natives: the folder of jars with native code
    :param connection: the Airflow connection that says where Spark is
    :param conf: Spark's settings
    :param driver_memory: memory of the driver, or of the launcher's process
    :param image: the container image, for ``kubernetes``
    :param namespace: where its pods run
    """

    kind: str = "launcher"
    command: str = "hindcast"
    jar: str = ""
    natives: str = ""
    connection: str = "hindcast_spark"
    conf: dict[str, str] = field(default_factory=dict)
    driver_memory: str = "4g"
    image: str = ""
    namespace: str = "default"

    def __post_init__(self) -> None:
        kinds = ("launcher", "spark-submit", "kubernetes")
        if self.kind not in kinds:
            raise SettingsError(f"engine.kind is '{self.kind}', but has to be one of {', '.join(kinds)}.")
        if self.kind == "spark-submit" and not self.jar:
            raise SettingsError("engine.jar is missing: with spark-submit it says where hindcast-spark.jar is.")
        if self.kind == "kubernetes" and not self.image:
            raise SettingsError("engine.image is missing: with kubernetes it says which image has hindcast in it.")


@dataclass(frozen=True)
class Retries:
    """What is tried again, and when: only exit codes 6, 7 and 8 are.

    :param most: further attempts after the first
    :param delay_seconds: before the first of them; it doubles each time
    """

    most: int = 3
    delay_seconds: float = 60.0

    @property
    def delay(self) -> timedelta:
        """The pause before the first further attempt."""
        return timedelta(seconds=self.delay_seconds)


@dataclass(frozen=True)
class Stream:
    """A stream on Flink that goes on learning.

    :param address: Flink's REST interface, such as ``http://flink:8081``
    :param jar: ``hindcast-flink.jar``
    :param savepoints: the folder that savepoints go to, as Flink sees it
    :param output: where the stream writes, as Airflow sees it
    :param job: what its job is called; empty for ``hindcast`` and the pipeline's name, which is right where the config has the same
    :param parallelism: tasks of each operator
    :param quiet_after_minutes: how long without new estimates is too long
    """

    address: str
    jar: str
    savepoints: str
    output: str
    job: str = ""
    parallelism: int = 1
    quiet_after_minutes: float = 60.0


@dataclass(frozen=True)
class Pipeline:
    """One policy and where it comes from.

    :param name: what DAGs, folders and the registered policy are called
    :param config: the pipeline's YAML file, as ``hindcast`` reads it
    :param source: where the log of a day is; ``{day}`` stands for it
    :param schedule: cron, or none for runs by hand
    :param day_lag: how many days before a run the day is that it takes
    :param window_days: how many days of the log, up to that one, make a dataset
    :param set: overrides of the config, as ``--set`` takes them
    :param candidate: which bundle may be promoted; empty for the one with the highest lower bound
    :param day: the day of runs by hand that name none
    :param deadline_minutes: when a run is late; none for never (``airflow dags test`` of Airflow 3.3 fails where there is one)
    :param stream: its stream, if it has one
    """

    name: str
    config: str
    source: str
    schedule: str | None = None
    day_lag: int = 1
    window_days: int = 1
    set: dict[str, Any] = field(default_factory=dict)
    candidate: str = ""
    day: str | None = None
    deadline_minutes: float | None = None
    stream: Stream | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SettingsError(f"Pipeline '{self.name}' cannot be called so: names are letters, digits, '_', '.', '-'.")
        if "{day}" not in self.source:
            raise SettingsError(f"pipelines.{self.name}.source is '{self.source}', but has to have {{day}} in it.")
        if self.window_days < 1:
            raise SettingsError(f"pipelines.{self.name}.window-days is {self.window_days}, but has to be at least 1.")


@dataclass(frozen=True)
class Settings:
    """The whole file.

    :param work: the folder under which datasets, bundles and reports go
    :param registry: the registry of policies
    :param reports: where people can open what lies under ``work``: an address; empty for the path itself
    :param mlflow: the MLflow server whose model registry shows what is promoted; empty for none
    :param notes_connection: the Airflow connection by which notes are written beside tasks; empty for none
    """

    work: str
    registry: str
    pipelines: tuple[Pipeline, ...]
    engine: Engine = Engine()
    retries: Retries = Retries()
    reports: str = ""
    notes_connection: str = ""
    mlflow: str = ""
    pool: str = "default_pool"


def load(file: Path | None = None) -> Settings:
    """Reads the file that ``HINDCAST_PIPELINES`` names, or the given one."""
    if file is None:
        named = os.environ.get(FILE_VARIABLE)
        if not named:
            raise SettingsError(f"Cannot tell what to schedule: set {FILE_VARIABLE} to the file of pipelines.")
        file = Path(named)
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise SettingsError(f"Cannot read the pipelines: there is no {file}. Point {FILE_VARIABLE} to it.") from e
    except yaml.YAMLError as e:
        raise SettingsError(f"Cannot read the pipelines in {file}: {e}") from e
    try:
        return read(document)
    except SettingsError as e:
        raise SettingsError(f"Cannot use {file}: {e}") from e


def read(document: Any) -> Settings:
    """The settings that a parsed document says."""
    root = dict(_section("the file", document))
    pipelines = []
    for name, entry in _section("pipelines", root.pop("pipelines", None)).items():
        section = dict(_section(f"pipelines.{name}", entry))
        stream = section.pop("stream", None)
        read_stream = None if stream is None else _record(Stream, f"pipelines.{name}.stream", stream)
        pipelines.append(_record(Pipeline, f"pipelines.{name}", section, name=str(name), stream=read_stream))
    engine = _record(Engine, "engine", root.pop("engine", {}))
    retries = _record(Retries, "retries", root.pop("retries", {}))
    return _record(Settings, "", root, pipelines=tuple(pipelines), engine=engine, retries=retries)


def _section(place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{place} has to be a section of keys, but is {type(value).__name__}.")
    return value


def _record(kind: type, place: str, section: Any, **ready: Any) -> Any:
    """A record from a section whose keys are its fields in kebab-case; keys it does not have are refused."""
    known = {one.name.replace("_", "-"): one for one in fields(kind) if one.name not in ready}
    values = dict(ready)
    prefix = f"{place}." if place else ""
    for key, value in _section(place or "the file", section).items():
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            raise SettingsError(f"unknown key {prefix}{key}." + (f" Did you mean {prefix}{near[0]}?" if near else ""))
        # YAML reads 2026-11-01 as a date; here it is text
        values[known[key].name] = value.isoformat() if hasattr(value, "isoformat") else value
    try:
        return kind(**values)
    except TypeError as e:
        missing = [key for key, one in known.items() if one.name not in values and _is_needed(one)]
        if not missing:
            raise
        raise SettingsError(f"{prefix}{missing[0]} is missing.") from e


def _is_needed(one: Any) -> bool:
    from dataclasses import MISSING

    return one.default is MISSING and one.default_factory is MISSING
