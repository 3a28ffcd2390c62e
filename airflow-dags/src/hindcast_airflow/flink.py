"""Flink's REST interface, as far as streams that go on learning need it. Every call asks once; who waits is somebody else's business."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAIN_CLASS = "dev.hindcast.streaming.Main"
ENDED = frozenset({"CANCELED", "FAILED", "FINISHED"})


class FlinkError(Exception):
    """Flink said no, or could not be asked."""


class FlinkUnreachableError(FlinkError):
    """Flink could not be asked: worth another attempt."""


@dataclass(frozen=True)
class Job:
    """A job on the cluster.

    :param state: as Flink calls it: ``RUNNING``, ``FINISHED``, ``FAILED`` ...
    """

    id: str
    name: str
    state: str

    @property
    def is_active(self) -> bool:
        """Whether it runs, or is about to."""
        return self.state not in ENDED


@dataclass(frozen=True)
class Savepoint:
    """A stop with a savepoint.

    :param place: where it is; none while it is being written
    """

    place: str | None


@dataclass(frozen=True)
class Flink:
    """A cluster.

    :param address: of the REST interface, such as ``http://flink:8081``
    :param timeout: seconds that one call may take
    """

    address: str
    timeout: float = 30.0

    def jobs(self) -> list[Job]:
        """All that the cluster remembers."""
        found = self._call("GET", "/jobs/overview").get("jobs", [])
        return [Job(one["jid"], one["name"], one["state"]) for one in found]

    def active(self, name: str) -> Job | None:
        """The job of a name that runs, or is about to.

        :raises FlinkError: when there are several: two streams would write the same output
        """
        found = [job for job in self.jobs() if job.name == name and job.is_active]
        if len(found) > 1:
            ids = ", ".join(job.id for job in found)
            raise FlinkError(f"{len(found)} jobs called {name} run at {self.address}: {ids}. Cancel all but one.")
        return found[0] if found else None

    def job(self, job: str) -> Job:
        """One job by id."""
        found = self._call("GET", f"/jobs/{_part(job)}")
        return Job(found["jid"], found["name"], found["state"])

    def finished_checkpoints(self, job: str) -> int:
        """How many checkpoints of a job are complete."""
        return int(self._call("GET", f"/jobs/{_part(job)}/checkpoints").get("counts", {}).get("completed", 0))

    def exception(self, job: str) -> str:
        """The first line of what a job failed of; empty when it did not."""
        entries = self._call("GET", f"/jobs/{_part(job)}/exceptions").get("exceptionHistory", {}).get("entries", [])
        return entries[0].get("stacktrace", "").splitlines()[0] if entries else ""

    def upload(self, jar: Path) -> str:
        """Sends a jar and gives the id that it has there; one that is there already under its name and is as large is taken."""
        name = jar.name
        for one in self._call("GET", "/jars").get("files", []):
            if one.get("name") == name:
                return str(one["id"])
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="{name}"\r\n'
        head += "Content-Type: application/x-java-archive\r\n\r\n"
        body = head.encode() + jar.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return Path(self._call("POST", "/jars/upload", body, kind)["filename"]).name

    def submit(self, jar: str, arguments: Iterable[str], parallelism: int, savepoint: str | None = None) -> str:
        """Starts a job, from a savepoint if one is given, and gives its id."""
        body: dict[str, Any] = {
            "entryClass": MAIN_CLASS,
            "programArgsList": list(arguments),
            "parallelism": parallelism,
        }
        if savepoint is not None:
            body |= {"savepointPath": savepoint, "allowNonRestoredState": False}
        return str(self._call("POST", f"/jars/{_part(jar)}/run", json.dumps(body).encode())["jobid"])

    def stop(self, job: str, folder: str) -> str:
        """Asks a job to write a savepoint and end; gives the number to ask about it by."""
        body = json.dumps({"targetDirectory": folder, "drain": False}).encode()
        return str(self._call("POST", f"/jobs/{_part(job)}/stop", body)["request-id"])

    def savepoint(self, job: str, request: str) -> Savepoint:
        """How far a stop is.

        :raises FlinkError: when it failed; the job then runs on
        """
        found = self._call("GET", f"/jobs/{_part(job)}/savepoints/{_part(request)}")
        if found["status"]["id"] != "COMPLETED":
            return Savepoint(None)
        operation = found["operation"]
        if "failure-cause" in operation:
            first = str(operation["failure-cause"].get("stack-trace", operation["failure-cause"])).splitlines()[0]
            raise FlinkError(f"Job {job} could not write its savepoint and runs on: {first}")
        return Savepoint(str(operation["location"]))

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> dict[str, Any]:
        request = urllib.request.Request(self.address.rstrip("/") + path, body, {"Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as e:
            said = e.read(2000).decode("utf-8", "replace")
            raise FlinkError(f"Flink at {self.address} refused {method} {path} ({e.code}): {_first_words(said)}") from e
        except (urllib.error.URLError, OSError, ValueError) as e:
            raise FlinkUnreachableError(f"Cannot ask Flink at {self.address} for {path}: {e}.") from e


def _part(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _first_words(said: str) -> str:
    try:
        errors = json.loads(said).get("errors", [said])
    except (ValueError, AttributeError):
        errors = [said]
    lines = [line for error in errors for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by:")]
    return (causes[-1] if causes else lines[0] if lines else "no reason given").strip()
