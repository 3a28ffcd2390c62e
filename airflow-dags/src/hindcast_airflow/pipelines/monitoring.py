"""Looks at the running estimates of a stream, and fails when somebody should hear of them.

So whatever tells people of failed runs tells them of this.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from hindcast_airflow import estimates, notes, storage
from hindcast_airflow.pipelines import shared
from hindcast_airflow.settings import Pipeline, Settings

log = logging.getLogger("airflow.task")


def monitoring(settings: Settings, pipeline: Pipeline) -> DAG:
    """The DAG of one pipeline with a stream."""
    stream = pipeline.stream
    if stream is None:
        raise ValueError(f"Pipeline {pipeline.name} has no stream.")
    with DAG(
        dag_id=f"monitoring_{pipeline.name}",
        description=f"Running estimates: {pipeline.name}",
        doc_md=__doc__,
        schedule=timedelta(minutes=15) if pipeline.schedule else None,
        catchup=False,
        max_active_runs=1,
        default_args={**shared.task_defaults(settings), "retries": 0},
        deadline=shared.deadline(pipeline),
        tags=["hindcast", pipeline.name],
    ) as dag:

        @task
        def look() -> dict[str, Any]:
            """Reads what the stream has written."""
            seen = estimates.picture(storage.lines(f"{stream.output}/estimates"), storage.lines(f"{stream.output}/alarms"))
            log.info("%s", seen.words)
            notes.write(settings.notes_connection, get_current_context(), seen.words)
            quiet = timedelta(minutes=stream.quiet_after_minutes)
            return {"complaints": estimates.complaints(datetime.now(UTC), quiet, seen), "worth": seen.worth}

        @task
        def alert(seen: dict[str, Any]) -> None:
            """Fails with everything that somebody should hear of."""
            if seen["complaints"]:
                raise AirflowFailException("\n".join(seen["complaints"]))

        alert(look())
    return dag
