"""A cluster that remembers jobs and savepoints, over HTTP, as Flink's REST interface shows them."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeFlink:
    """Jobs need ``starts_after`` questions until they run with a checkpoint; stops need as many until they are complete."""

    def __init__(self, starts_after: int = 2) -> None:
        self.starts_after = starts_after
        self.jobs: dict[str, dict] = {}
        self.jars: list[str] = []
        self.submissions: list[dict] = []
        self.stops: list[dict] = []
        self.fails_savepoints = False
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(b"")

            def do_POST(self):
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body):
                with fake._lock:
                    code, answer = fake.answer(self.command, self.path, body)
                content = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, name: str, state: str = "RUNNING") -> str:
        job = f"job{len(self.jobs)}"
        self.jobs[job] = {"jid": job, "name": name, "state": state, "asked": 0}
        return job

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict]:
        if path == "/jobs/overview":
            return 200, {"jobs": list(self.jobs.values())}
        if path == "/jars":
            return 200, {"files": [{"id": f"id_{name}", "name": name} for name in self.jars]}
        if path == "/jars/upload":
            name = re.search(rb'filename="([^"]+)"', body).group(1).decode()
            self.jars.append(name)
            return 200, {"filename": f"/tmp/flink/id_{name}", "status": "success"}
        if found := re.fullmatch(r"/jars/id_(.+)/run", path):
            self.submissions.append({"jar": found.group(1), **json.loads(body)})
            return 200, {"jobid": self.add("hindcast sepsis")}
        parts = path.split("/")
        job = self.jobs.get(parts[2])
        if job is None:
            return 404, {"errors": ["Job could not be found."]}
        if len(parts) == 3:
            return 200, job
        if parts[3] == "checkpoints":
            job["asked"] += 1
            return 200, {"counts": {"completed": int(job["asked"] > self.starts_after)}}
        if parts[3] == "exceptions":
            return 200, {"exceptionHistory": {"entries": [{"stacktrace": "java.io.IOException: disk full\n\tat x"}]}}
        if parts[3] == "stop":
            self.stops.append({"job": parts[2], "asked": 0, **json.loads(body)})
            return 202, {"request-id": str(len(self.stops) - 1)}
        stop = self.stops[int(parts[4])]
        stop["asked"] += 1
        if stop["asked"] <= self.starts_after:
            return 200, {"status": {"id": "IN_PROGRESS"}}
        if self.fails_savepoints:
            cause = {"class": "java.io.IOException", "stack-trace": "java.io.IOException: no space\n\tat x"}
            return 200, {"status": {"id": "COMPLETED"}, "operation": {"failure-cause": cause}}
        job["state"] = "FINISHED"
        return 200, {"status": {"id": "COMPLETED"}, "operation": {"location": f"{stop['targetDirectory']}/savepoint-1"}}
