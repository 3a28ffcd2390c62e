"""Datasets of days gone by, several at a time and in any order; and bundles and reports of them, where wanted. Nothing is promoted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from airflow.sdk import DAG, Param, chain, task

from hindcast_airflow import commands, paths
from hindcast_airflow.operators import stage_of
from hindcast_airflow.paths import RunPaths
from hindcast_airflow.pipelines import shared
from hindcast_airflow.settings import Pipeline, Settings, SettingsError

MOST_DAYS = 1000


def days_between(first: str, last: str, newest_first: bool) -> list[str]:
    """Every day from the first to the last, both included."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as e:
        raise SettingsError(f"Cannot fill in {first} to {last}: give both as YYYY-MM-DD.") from e
    count = (end - begin).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise SettingsError(f"Cannot fill in {first} to {last}: these are {count} days, and there have to be 1 to {MOST_DAYS}.")
    found = [(begin + timedelta(days=i)).isoformat() for i in range(count)]
    return found[::-1] if newest_first else found


def backfill(settings: Settings, pipeline: Pipeline, at_once: int = 4) -> DAG:
    """The DAG of one pipeline; at most ``at_once`` days are worked on at the same time."""

    def run_of(context: Any) -> RunPaths:
        """The paths of the day that the mapped task is for."""
        return paths.of(settings, pipeline, date.fromisoformat(context["task"].day), context["params"].get("set"))

    def replace(context: Any) -> bool:
        return bool(context["params"].get("replace"))

    def each_day(task_id: str, **arguments: Any) -> Any:
        declared = stage_of(settings.engine).partial(
            task_id=task_id,
            engine=settings.engine,
            max_active_tis_per_dagrun=at_once,
            map_index_template="{{ task.day }}",
            **arguments,
        )
        return declared.expand(day=wanted)

    begin = pipeline.day or "2026-01-01"
    with DAG(
        dag_id=f"backfill_{pipeline.name}",
        description=f"Days gone by: {pipeline.name}",
        doc_md=__doc__,
        schedule=None,
        catchup=False,
        max_active_runs=1,
        params={
            "first": Param(begin, type="string", format="date", title="First day"),
            "last": Param(begin, type="string", format="date", title="Last day"),
            "newest_first": Param(True, type="boolean", title="Newest first"),
            "judge": Param(False, type="boolean", title="Train and judge too"),
            **{key: value for key, value in shared.parameters(pipeline).items() if key != "day"},
        },
        default_args=shared.task_defaults(settings),
        deadline=shared.deadline(pipeline),
        tags=["hindcast", pipeline.name],
    ) as dag:

        @task
        def days(params: dict[str, Any]) -> list[str]:
            """Which days there are to fill in."""
            return days_between(params["first"], params["last"], params["newest_first"])

        @task.short_circuit(ignore_downstream_trigger_rules=False)
        def judge(params: dict[str, Any]) -> bool:
            """Whether bundles and reports are wanted too."""
            return bool(params["judge"])

        wanted = days()
        ingested = each_day(
            "ingest",
            words=lambda context, **_: commands.ingest(run_of(context), replace(context)),
            made=lambda context, **_: f"{run_of(context).dataset}/manifest.json",
        )
        trained = each_day(
            "train",
            words=lambda context, **_: commands.train(run_of(context), replace(context)),
            made=lambda context, **_: run_of(context).trained,
            marks=True,
        )
        evaluated = each_day(
            "evaluate",
            words=lambda context, **_: commands.evaluate(run_of(context), replace(context)),
            made=lambda context, **_: f"{run_of(context).report}/manifest.json",
        )
        chain(ingested, judge(), trained, evaluated)
    return dag
