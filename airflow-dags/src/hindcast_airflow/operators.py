"""Tasks that run one verb, on whichever engine the settings name."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from airflow.sdk import BaseOperator, BaseOperatorLink, SkipMixin
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from hindcast_airflow import commands, gates, notes, paths, storage
from hindcast_airflow.paths import RunPaths
from hindcast_airflow.results import Course, Ending
from hindcast_airflow.settings import Engine, Settings

Words = Callable[..., list[str]]
RULING = "ruling"
REPORT = "report"


class ReportLink(BaseOperatorLink):
    """A button on the task's page that opens the report."""

    name = "Report"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        """The address that the task left when it ended; nothing before that."""
        return getattr(operator, "report_address", "")


class Stage:
    """What tasks of every engine have in common.

    :param words: gives the words after ``hindcast`` from the task's context
    :param made: gives the file from the context that says that the stage was done before; none for stages that are cheap to repeat
    :param day: the day that it is for, where a task is mapped over days
    :param told: gives from the context what the events of its assets say, beside what came of it
    :param marks: whether this task writes that file itself, because the stage makes several artefacts
    """

    words: Any
    made: Any
    told: Any
    day: str
    marks: bool
    outlets: Any
    log: Any

    def run_stage(self, context: Any, run: Callable[[], Ending]) -> dict[str, Any]:
        """Does nothing if it was done before and nobody asks to replace it; otherwise runs the verb. Its events say what came of it."""
        came = self._came_of(context, run)
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {**(self.told or {}), **came}
        return came

    def _came_of(self, context: Any, run: Callable[[], Ending]) -> dict[str, Any]:
        if self.made and not context["params"].get("replace") and storage.exists(self.made):
            self.log.info("Nothing to do: %s is there.", self.made)
            return {"made": False, "place": self.made}
        ending = run()
        if ending.course is Course.SKIP:
            raise AirflowSkipException(ending.words)
        if ending.course is Course.RETRY:
            raise AirflowException(ending.words)
        if ending.course is Course.FAIL:
            raise AirflowFailException(ending.words)
        if self.marks:
            storage.write(self.made, (json.dumps({"words": self.words}, indent=2) + "\n").encode())
        return {"made": True, "place": self.made, "said": _said(ending)}


class LauncherOperator(Stage, BaseOperator):
    """One verb as a process of the worker's machine."""

    template_fields: Sequence[str] = ("day", "words", "made", "told")
    ui_color = "#dcebf7"

    def __init__(
        self, *, engine: Engine, words: Words, made: Any = None, told: Any = None, marks: bool = False, day: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.engine = engine
        self.words = words
        self.made = made
        self.told = told
        self.marks = marks
        self.day = day
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Any) -> dict[str, Any]:
        """Runs the verb."""
        return self.run_stage(context, self._run)

    def on_kill(self) -> None:
        """Asks the process to stop; it ends with 8 and carries on at the next attempt."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)

    def _run(self) -> Ending:
        command = commands.launch(self.engine, self.words)
        self.log.info("%s", shlex.join(command))
        environment = {**os.environ, "HINDCAST_MEMORY": self.engine.driver_memory}
        lines: deque[str] = deque(maxlen=20)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                env=environment,
            )
        except OSError as e:
            raise AirflowFailException(f"Cannot start {command[0]}: {e}. Set engine.command to the launcher.") from e
        with self._process as process:
            for line in process.stdout or ():
                self.log.info("%s", line.rstrip())
                lines.append(line.rstrip())
        return Ending(process.returncode, tuple(lines))


def stage_of(engine: Engine) -> Any:
    """The class of tasks that run a verb on an engine. The others are not imported: their providers take seconds."""
    if engine.kind == "kubernetes":
        from hindcast_airflow.kubernetes import PodOperator

        return PodOperator
    if engine.kind == "spark-submit":
        from hindcast_airflow.spark import SubmitOperator

        return SubmitOperator
    return LauncherOperator


def stage(engine: Engine, **kwargs: Any) -> Any:
    """A task that runs a verb on an engine."""
    return stage_of(engine)(engine=engine, **kwargs)


class GateOperator(BaseOperator, SkipMixin):
    """Reads the report and lets the run go on to the promotion, or skips it; the run succeeds either way, and the note says why.

    :param run_of: gives the run's paths from the task's context
    """

    ui_color = "#f7ecd1"
    operator_extra_links = (ReportLink(),)

    def __init__(self, *, settings: Settings, run_of: Callable[[Any], RunPaths], candidate: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.run_of = run_of
        self.candidate = candidate
        self.report_address = ""

    def execute(self, context: Any) -> None:
        """Judges the run's report."""
        run = self.run_of(context)
        self.report_address = paths.address(self.settings, f"{run.report}/report.html")
        ruling = gates.judge(
            storage.read(f"{run.report}/report.json"),
            storage.read(f"{run.report}/manifest.json"),
            storage.read(f"{run.dataset}/manifest.json"),
            storage.manifests(run.bundles),
            self.candidate,
        )
        self.log.info("%s", ruling.words)
        notes.write(self.settings.notes_connection, context, ruling.words, self.report_address)
        decided = {"opens": ruling.opens, "policy": ruling.policy, "reasons": list(ruling.reasons), **ruling.figures}
        context["ti"].xcom_push(key=RULING, value={**decided, REPORT: self.report_address})
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {"day": run.day.isoformat(), REPORT: self.report_address, **decided}
        wanted = context["params"].get("promote", True)
        if not wanted:
            self.log.info("Nothing is promoted: the run was asked not to.")
        if not (ruling.opens and wanted):
            self.skip(ti=context["ti"], tasks=context["task"].get_direct_relatives(upstream=False))


def _said(ending: Ending) -> Any:
    """What a verb with ``--json`` printed, or its last words."""
    for line in reversed(ending.lines):
        if line.startswith("{"):
            try:
                return json.loads(line)
            except ValueError:
                break
    return next((line for line in reversed(ending.lines) if line.strip()), "")
