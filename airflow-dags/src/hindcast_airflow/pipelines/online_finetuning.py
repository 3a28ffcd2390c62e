"""A stream that goes on learning: sees to it that one runs, stops it with a savepoint, or lets a later build go on from one.

No task here runs as long as the stream does. The stream belongs to Flink; this asks, waits without a worker's slot until
Flink says that all is well, and ends.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, BaseOperator, Param, chain, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from hindcast_airflow.flink import Flink, FlinkError, FlinkUnreachableError
from hindcast_airflow.pipelines import shared
from hindcast_airflow.settings import Pipeline, Settings, Stream
from hindcast_airflow.triggers import RunningTrigger, StoppedTrigger

PATIENCE = timedelta(minutes=20)


class FlinkOperator(BaseOperator):
    """A step that asks Flink for something and may have to wait until it is so."""

    template_fields: Sequence[str] = ("job_name",)
    ui_color = "#e4dcf7"

    def __init__(self, *, stream: Stream, job_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stream = stream
        self.job_name = job_name

    def execute(self, context: Any) -> Any:
        """Asks; a cluster that cannot be reached is worth another attempt, one that says no is not."""
        try:
            return self.ask(Flink(self.stream.address), context)
        except FlinkUnreachableError as e:
            raise AirflowException(str(e)) from e
        except FlinkError as e:
            raise AirflowFailException(str(e)) from e

    def ask(self, flink: Flink, context: Any) -> Any:
        """What this step wants."""
        raise NotImplementedError

    def answered(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """What the trigger found out."""
        if "failed" in event:
            raise (AirflowException if event["again"] else AirflowFailException)(event["failed"])
        self.log.info("%s", event)
        return event

    def wait(self, kind: type, job: str, **more: str) -> None:
        """Gives the worker's slot back until the trigger has an answer."""
        until = time.time() + PATIENCE.total_seconds()
        trigger = kind(address=self.stream.address, job=job, until=until, **more)
        self.defer(trigger=trigger, method_name="answered", timeout=PATIENCE + timedelta(minutes=1))


class StopOperator(FlinkOperator):
    """Stops the stream with a savepoint, if one runs and it was asked for."""

    def ask(self, flink: Flink, context: Any) -> Any:
        """Asks for the savepoint."""
        if context["params"]["wanted"] == "running":
            raise AirflowSkipException("A stream that runs is left alone. To stop it choose 'restarted' or 'stopped'.")
        job = flink.active(self.job_name)
        if job is None:
            raise AirflowSkipException(f"No job called {self.job_name} runs at {self.stream.address}.")
        self.log.info("Stopping job %s, its savepoint goes to %s.", job.id, self.stream.savepoints)
        return self.wait(StoppedTrigger, job.id, request=flink.stop(job.id, self.stream.savepoints))


class SubmitIfAbsentOperator(FlinkOperator):
    """Starts the stream unless it runs: from the savepoint that it was just stopped with, or the one it is given, or from the beginning."""

    def __init__(self, *, config: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config

    def ask(self, flink: Flink, context: Any) -> Any:
        """Submits, or finds that there is nothing to do; then waits for a checkpoint."""
        if context["params"]["wanted"] == "stopped":
            raise AirflowSkipException("The stream stays stopped, as asked for.")
        running = flink.active(self.job_name)
        if running is not None:
            self.log.info("Job %s runs: nothing is submitted.", running.id)
            return self.wait(RunningTrigger, running.id)
        stopped = context["ti"].xcom_pull(task_ids="stop") or {}
        savepoint = stopped.get("savepoint") or context["params"].get("savepoint") or None
        arguments = ["run", "--config", self.config]
        for key, value in sorted((context["params"].get("set") or {}).items()):
            arguments += ["--set", f"{key}={value}"]
        jar = flink.upload(Path(self.stream.jar))
        job = flink.submit(jar, arguments, self.stream.parallelism, savepoint)
        self.log.info("Submitted job %s%s.", job, f" from {savepoint}" if savepoint else "")
        return self.wait(RunningTrigger, job)


def online_finetuning(settings: Settings, pipeline: Pipeline) -> DAG:
    """The DAG of one pipeline with a stream."""
    stream = pipeline.stream
    if stream is None:
        raise ValueError(f"Pipeline {pipeline.name} has no stream.")
    job_name = stream.job or f"hindcast {pipeline.name}"
    with DAG(
        dag_id=f"online_finetuning_{pipeline.name}",
        description=f"The stream that goes on learning: {pipeline.name}",
        doc_md=__doc__,
        schedule=timedelta(hours=1) if pipeline.schedule else None,
        catchup=False,
        max_active_runs=1,
        params={
            "wanted": Param(
                "running",
                enum=["running", "restarted", "stopped"],
                type="string",
                title="Wanted",
                description="running: started unless it runs; restarted: stopped with a savepoint and started from it; stopped.",
            ),
            "savepoint": Param(
                None,
                type=["null", "string"],
                title="Savepoint",
                description="Where to start from when nothing was stopped just now; empty for the beginning.",
            ),
            "set": shared.overrides(),
        },
        default_args=shared.task_defaults(settings),
        deadline=shared.deadline(pipeline),
        tags=["hindcast", pipeline.name],
    ) as dag:
        stop = StopOperator(task_id="stop", stream=stream, job_name=job_name)
        submit = SubmitIfAbsentOperator(
            task_id="submit",
            stream=stream,
            job_name=job_name,
            config=pipeline.config,
            trigger_rule="none_failed",
        )

        @task(trigger_rule="none_failed")
        def verify(params: dict[str, Any]) -> str:
            """Looks once more, for the run to say the truth: as it was wanted, so it is."""
            job = Flink(stream.address).active(job_name)
            if (job is None) != (params["wanted"] == "stopped"):
                raise AirflowException(f"The stream should be {params['wanted']}, but {'no job' if job is None else job.id} runs.")
            return "stopped" if job is None else job.id

        chain(stop, submit, verify())
    return dag
