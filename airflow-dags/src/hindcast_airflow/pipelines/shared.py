"""What all DAGs say the same way: parameters, retries, deadlines, and which paths a run has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, DeadlineAlert, DeadlineReference, Param, SyncCallback

from hindcast_airflow import paths
from hindcast_airflow.paths import RunPaths
from hindcast_airflow.settings import Pipeline, Settings

log = logging.getLogger(__name__)


def parameters(pipeline: Pipeline) -> dict[str, Param]:
    """What a run by hand may choose; the defaults run."""
    return {
        "day": Param(
            pipeline.day,
            type=["null", "string"],
            format="date",
            title="Day",
            description="The last day of the log to take; empty for the one that the run's date stands for.",
        ),
        "set": overrides(),
        "replace": Param(
            False,
            type="boolean",
            title="Make again",
            description="Make anew what an earlier run left, say because the day's log has changed since.",
        ),
    }


def overrides() -> Param:
    """Keys of the config with other values."""
    return Param(
        {},
        type="object",
        title="Overrides",
        description='Keys of the config with other values, such as {"train.updates": 5000}.',
        propertyNames={"pattern": r"^[a-z0-9-]+(\.[A-Za-z0-9_-]+)*$"},
    )


def task_defaults(settings: Settings) -> dict[str, Any]:
    """Retries for what is worth one: exit codes that are not fail for good by themselves."""
    return {
        "owner": "hindcast",
        "retries": settings.retries.most,
        "retry_delay": settings.retries.delay,
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        "pool": settings.pool,
    }


def deadline(pipeline: Pipeline) -> DeadlineAlert | None:
    """Says so when a run takes longer than it should."""
    if pipeline.deadline_minutes is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=pipeline.deadline_minutes),
        callback=SyncCallback(
            "hindcast_airflow.pipelines.shared.late",
            kwargs={"pipeline": pipeline.name, "minutes": pipeline.deadline_minutes},
        ),
    )


def late(pipeline: str, minutes: float, **_: Any) -> None:
    """What happens when a run is late: it stands in the log as an error, where log alerts find it."""
    log.error("Pipeline %s is late: its run has not ended after %g minutes.", pipeline, minutes)


def run_of(settings: Settings, pipeline: Pipeline) -> Callable[[Any], RunPaths]:
    """How a task's context becomes paths. A run without a logical date goes by when it was due."""

    def found(context: Any) -> RunPaths:
        params = context["params"]
        run = context["dag_run"]
        moment = getattr(run, "logical_date", None) or getattr(run, "run_after", None)
        day = paths.day_of(params.get("day"), moment, pipeline.day_lag)
        return paths.of(settings, pipeline, day, params.get("set"))

    return found


def dataset_asset(pipeline: Pipeline) -> Asset:
    """Changes when a day's dataset is there."""
    return Asset(name=f"{pipeline.name}-dataset", uri=f"hindcast://dataset/{pipeline.name}", group="hindcast")


def report_asset(pipeline: Pipeline) -> Asset:
    """Changes when there is a verdict."""
    return Asset(name=f"{pipeline.name}-report", uri=f"hindcast://report/{pipeline.name}", group="hindcast")


def policy_asset(pipeline: Pipeline) -> Asset:
    """Changes when another version comes into force."""
    return Asset(name=f"{pipeline.name}-policy", uri=f"hindcast://policy/{pipeline.name}", group="hindcast")
