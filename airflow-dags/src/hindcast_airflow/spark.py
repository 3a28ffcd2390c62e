"""Verbs by ``spark-submit``. Nothing else here imports this module: Spark's provider takes seconds to import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from hindcast_airflow import commands
from hindcast_airflow.operators import Stage, Words
from hindcast_airflow.results import Ending, code_of_submission
from hindcast_airflow.settings import Engine


class SubmitOperator(Stage, SparkSubmitOperator):
    """One verb by ``spark-submit``. In client mode the exit code is the verb's own, which decides about retries."""

    template_fields: Sequence[str] = (*SparkSubmitOperator.template_fields, "day", "words", "made", "told")

    def __init__(
        self, *, engine: Engine, words: Words, made: Any = None, told: Any = None, marks: bool = False, day: str = "", **kwargs: Any
    ) -> None:
        super().__init__(
            application=engine.jar,
            java_class=commands.MAIN_CLASS,
            conn_id=engine.connection,
            spark_binary=engine.command,
            driver_memory=engine.driver_memory,
            conf={"spark.ui.enabled": "false", "spark.executorEnv.OMP_NUM_THREADS": "1", **engine.conf},
            env_vars={"OMP_NUM_THREADS": "1"},
            name=f"hindcast {kwargs['task_id']}",
            **kwargs,
        )
        self.engine = engine
        self.words = words
        self.made = made
        self.told = told
        self.marks = marks
        self.day = day

    def execute(self, context: Any) -> dict[str, Any]:
        """Submits the verb and waits for it."""
        return self.run_stage(context, lambda: self._submit(context))

    def _submit(self, context: Any) -> Ending:
        self.application_args = self.words
        self.jars = commands.native_jars(self.engine)
        try:
            SparkSubmitOperator.execute(self, context)
        except (AirflowSkipException, AirflowFailException):
            raise
        except AirflowException as e:
            code = code_of_submission(str(e))
            if code is None:
                raise
            return Ending(code, tuple(str(e).splitlines()[1:]))
        return Ending(0)
