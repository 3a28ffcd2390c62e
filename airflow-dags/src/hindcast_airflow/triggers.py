"""Waiting for Flink without holding a worker's slot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from hindcast_airflow.flink import Flink, FlinkError, FlinkUnreachableError


class _FlinkTrigger(BaseTrigger):
    """Asks again and again until there is an answer or no time left."""

    def __init__(self, address: str, job: str, until: float, pause: float = 5.0, **more: str) -> None:
        super().__init__()
        self.address = address
        self.job = job
        self.until = until
        self.pause = pause
        self.more = more

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How the triggerer makes it again."""
        mine = {"address": self.address, "job": self.job, "until": self.until, "pause": self.pause, **self.more}
        return f"{type(self).__module__}.{type(self).__name__}", mine

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Waits."""
        flink = Flink(self.address)
        answer: dict[str, Any] | None = None
        while answer is None:
            try:
                answer = await asyncio.to_thread(self.ask, flink)
            except FlinkUnreachableError as e:
                answer = {"failed": str(e), "again": True} if time.time() > self.until else None
            except FlinkError as e:
                answer = {"failed": str(e), "again": False}
            if answer is None and time.time() > self.until:
                answer = {"failed": f"Job {self.job} at {self.address} took too long.", "again": True}
            if answer is None:
                await asyncio.sleep(self.pause)
        yield TriggerEvent(answer)

    def ask(self, flink: Flink) -> dict[str, Any] | None:
        """One question; none while it is too early to tell."""
        raise NotImplementedError


class RunningTrigger(_FlinkTrigger):
    """Until a job runs and has completed a checkpoint since: from then on a failure loses nothing."""

    def ask(self, flink: Flink) -> dict[str, Any] | None:
        """Whether it has got so far, or has ended."""
        job = flink.job(self.job)
        if not job.is_active:
            why = flink.exception(self.job)
            return {"failed": f"Job {self.job} is {job.state}." + (f" {why}" if why else ""), "again": False}
        checkpoints = flink.finished_checkpoints(self.job)
        return {"job": self.job, "checkpoints": checkpoints} if job.state == "RUNNING" and checkpoints > 0 else None


class StoppedTrigger(_FlinkTrigger):
    """Until a job that was asked to stop has written its savepoint and ended."""

    def ask(self, flink: Flink) -> dict[str, Any] | None:
        """Whether both is so."""
        place = flink.savepoint(self.job, self.more["request"]).place
        if place is None or flink.job(self.job).is_active:
            return None
        return {"job": self.job, "savepoint": place}
