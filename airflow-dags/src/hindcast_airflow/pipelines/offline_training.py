"""Every day: the day's log becomes a dataset, bundles and a report, and the best bundle comes into force if the report says so."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Param, chain

from hindcast_airflow import commands
from hindcast_airflow.operators import RULING, GateOperator, stage
from hindcast_airflow.pipelines import shared
from hindcast_airflow.settings import Pipeline, Settings

DOCUMENTATION = """
**validate → ingest → train → evaluate → gate → promote**, for one day of the log.

Each task runs one verb of `hindcast`; the rendered template shows which words it was given. What an earlier run of the
same day and config made is not made again. When the gate says no, `promote` is skipped and the run succeeds: the note
beside `gate` says why, and its button opens the report. Exit codes 6, 7 and 8 are tried again; other failures are not.
"""


def offline_training(settings: Settings, pipeline: Pipeline) -> DAG:
    """The DAG of one pipeline."""
    run_of = shared.run_of(settings, pipeline)
    with DAG(
        dag_id=f"offline_training_{pipeline.name}",
        description=f"From a day of the log to a judged policy: {pipeline.name}",
        doc_md=DOCUMENTATION,
        schedule=pipeline.schedule,
        catchup=False,
        max_active_runs=1,
        params={
            **shared.parameters(pipeline),
            "promote": Param(True, type="boolean", title="Promote", description="Put a bundle in force if the gate opens."),
        },
        default_args=shared.task_defaults(settings),
        deadline=shared.deadline(pipeline),
        tags=["hindcast", pipeline.name],
    ) as dag:

        def replace(context: Any) -> bool:
            return bool(context["params"].get("replace"))

        def promotion(context: Any, **_: Any) -> list[str]:
            run = run_of(context)
            ruling = context["ti"].xcom_pull(task_ids="gate", key=RULING)
            bundle = f"{run.bundles}/{ruling['policy']}"
            return commands.promote(run, settings.registry, pipeline.name, bundle, settings.mlflow)

        def promoted(context: Any, **_: Any) -> dict[str, Any]:
            ruling = context["ti"].xcom_pull(task_ids="gate", key=RULING)
            return {"day": run_of(context).day.isoformat(), **ruling}

        validate = stage(
            settings.engine,
            task_id="validate",
            words=lambda context, **_: commands.validate(run_of(context)),
        )
        ingest = stage(
            settings.engine,
            task_id="ingest",
            words=lambda context, **_: commands.ingest(run_of(context), replace(context)),
            made=lambda context, **_: f"{run_of(context).dataset}/manifest.json",
            told=lambda context, **_: {"day": run_of(context).day.isoformat(), "dataset": run_of(context).dataset},
            outlets=[shared.dataset_asset(pipeline)],
        )
        train = stage(
            settings.engine,
            task_id="train",
            words=lambda context, **_: commands.train(run_of(context), replace(context)),
            made=lambda context, **_: run_of(context).trained,
            marks=True,
        )
        evaluate = stage(
            settings.engine,
            task_id="evaluate",
            words=lambda context, **_: commands.evaluate(run_of(context), replace(context)),
            made=lambda context, **_: f"{run_of(context).report}/manifest.json",
        )
        gate = GateOperator(
            task_id="gate",
            settings=settings,
            run_of=run_of,
            candidate=pipeline.candidate,
            outlets=[shared.report_asset(pipeline)],
        )
        promote = stage(
            settings.engine,
            task_id="promote",
            words=promotion,
            told=promoted,
            outlets=[shared.policy_asset(pipeline)],
        )
        chain(validate, ingest, train, evaluate, gate, promote)
    return dag
