"""Where the artefacts of one day of one policy are: the same day and config give the same paths, so a repeated run finds its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hindcast_airflow.settings import Pipeline, Settings, SettingsError

_LATER_THAN_INGEST = ("train", "evaluate", "serve", "stream")
_LATER_THAN_TRAIN = ("evaluate", "serve", "stream")


@dataclass(frozen=True)
class RunPaths:
    """What one run reads and writes.

    :param day: the last day of the log that it takes
    :param window: the time its data is from, as ``FROM/TO``, the end excluded
    :param sources: the log, a place for each day
    :param overrides: ``KEY=VALUE``, in order
    :param dataset: where the dataset goes; of bundles, report likewise
    """

    day: date
    window: str
    sources: tuple[str, ...]
    config: str
    overrides: tuple[str, ...]
    dataset: str
    bundles: str
    report: str

    @property
    def trained(self) -> str:
        """A file beside the bundles that says that all of them are there."""
        return self.bundles + ".finished"


def day_of(day: str | None, moment: datetime | None, lag: int) -> date:
    """The day that a run takes: the one it was asked for, or ``lag`` days before the moment it is for.

    :param moment: the run's logical date, or where it has none when it was due
    """
    if day:
        try:
            return date.fromisoformat(day)
        except ValueError as e:
            raise SettingsError(f"Cannot take day '{day}': give it as YYYY-MM-DD.") from e
    if moment is None:
        raise SettingsError("Cannot tell which day to take: the run has no date. Give the parameter day.")
    return moment.date() - timedelta(days=lag)


def of(settings: Settings, pipeline: Pipeline, day: date, overrides: Mapping[str, Any] | None = None) -> RunPaths:
    """The paths of a day.

    Folders bear a hash of the part of the config that they depend on: another gate, say, makes another report of the same bundles.
    """
    first = day - timedelta(days=pipeline.window_days - 1)
    days = [first + timedelta(days=i) for i in range(pipeline.window_days)]
    changes = {**pipeline.set, **(overrides or {})}
    sources = tuple(pipeline.source.replace("{day}", one.isoformat()) for one in days)
    document = _document(pipeline.config)
    folder = f"{settings.work.rstrip('/')}/{pipeline.name}/day={day.isoformat()}"

    def named(stage: str, *left_out: str) -> str:
        depends = {
            "config": {key: value for key, value in document.items() if key not in left_out},
            "set": {key: value for key, value in changes.items() if key.split(".")[0] not in left_out},
            "sources": sources,
        }
        text = json.dumps(depends, sort_keys=True, default=str)
        return f"{folder}/{stage}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    return RunPaths(
        day=day,
        window=f"{first.isoformat()}/{(day + timedelta(days=1)).isoformat()}",
        sources=sources,
        config=pipeline.config,
        overrides=tuple(f"{key}={_plain(value)}" for key, value in sorted(changes.items())),
        dataset=named("dataset", *_LATER_THAN_INGEST),
        bundles=named("bundles", *_LATER_THAN_TRAIN),
        report=named("report", "serve", "stream"),
    )


def address(settings: Settings, place: str) -> str:
    """Where a person opens what lies at a place under ``work``."""
    if settings.reports and place.startswith(settings.work):
        return settings.reports.rstrip("/") + "/" + place[len(settings.work) :].lstrip("/")
    return place if "://" in place else Path(place).absolute().as_uri()


def _document(config: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(Path(config).read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise SettingsError(f"Cannot read the config {config}: there is no such file on this worker.") from e
    except yaml.YAMLError as e:
        raise SettingsError(f"Cannot read the config {config}: {e}") from e
    return document if isinstance(document, dict) else {}


def _plain(value: Any) -> str:
    """A value as ``--set`` takes it: YAML, and JSON is YAML."""
    return value if isinstance(value, str) else json.dumps(value)
