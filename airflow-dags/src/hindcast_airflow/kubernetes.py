"""Verbs in pods. Needs ``apache-airflow-providers-cncf-kubernetes``; nothing else here imports this module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from hindcast_airflow.operators import Stage
from hindcast_airflow.results import Ending
from hindcast_airflow.settings import Engine

_EXIT_CODE = re.compile(r"exit_?[cC]ode['\"]?: *(\d+)")


class PodOperator(Stage, KubernetesPodOperator):
    """One verb in a pod. An exit code of 6, 7 or 8 is tried again, 4 skips, everything else fails for good."""

    template_fields: Sequence[str] = (*KubernetesPodOperator.template_fields, "day", "words", "made", "told")

    def __init__(
        self, *, engine: Engine, words: Any, made: Any = None, told: Any = None, marks: bool = False, day: str = "", **kwargs: Any
    ) -> None:
        super().__init__(
            image=engine.image,
            namespace=engine.namespace,
            name="hindcast-" + kwargs["task_id"].replace("_", "-").replace(".", "-"),
            cmds=[engine.command],
            env_vars={"HINDCAST_MEMORY": engine.driver_memory},
            on_finish_action="delete_succeeded_pod",
            skip_on_exit_code=4,
            **kwargs,
        )
        self.engine = engine
        self.words = words
        self.made = made
        self.told = told
        self.marks = marks
        self.day = day

    def execute(self, context: Any) -> Any:
        """Runs the verb in a pod and waits for it."""
        return self.run_stage(context, lambda: self._pod(context))

    def _pod(self, context: Any) -> Ending:
        self.arguments = list(self.words)
        try:
            KubernetesPodOperator.execute(self, context)
        except AirflowSkipException:
            raise
        except AirflowException as e:
            found = _EXIT_CODE.search(str(e))
            if found is None:
                raise
            return Ending(int(found.group(1)))
        return Ending(0)
