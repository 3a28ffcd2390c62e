"""Runs a stream on a real Flink as the guide says: flink run, stop with a savepoint, go on with more tasks, a task manager
killed, and the end drained; then counts rows and dead letters, each of which must be there once.

    pip install --no-deps --target flink apache-flink==2.2.0 apache-flink-libraries==2.2.0
    python stream_cluster.py --flink flink/pyflink --out results/stream-cluster
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time
import urllib.request

import pyarrow.dataset

HERE = pathlib.Path(__file__).resolve().parent
START = 1_700_000_000_000  # milliseconds
# a task manager that is gone is missed after seconds, and counts are not old
QUICK = ["-D", "heartbeat.interval=500", "-D", "heartbeat.timeout=5000"]
CONFIG = """\
name: shop
ingest:
  source: {path: stream/rows}
  episode: {id: visit, step: step}
  observation: {numeric: [age, spent]}
  action: {discrete: offer, size: 3}
  reward: sold
  terminated: left
  propensity: {probability: p}
stream:
  source: {format: json-lines, path: events, follow: 500 ms}
  columns: {visit: text, step: whole, age: number, spent: number, offer: whole, p: number, left: flag, sold: number, at: whole}
  time: {column: at, unit: milliseconds}
  lateness: 1 min
  output: stream
  checkpoint-every: 1 s
"""


def events(visits):
    """The steps of visits in the order in which they happen; one visit in a hundred breaks a rule."""
    drawn = random.Random(1)
    for visit in range(visits):
        steps = 1 + visit % 5
        for step in range(steps):
            yield {
                "visit": f"v{visit}", "step": step, "age": 20 + visit % 50, "spent": 1.5, "offer": step % 3,
                "p": 2 if visit % 100 == 7 else 0.5, "left": step == steps - 1, "sold": drawn.random(),
                "at": START + visit * 50 + step * 10,
            }


class Cluster:
    """Flink's own scripts."""

    def __init__(self, home, jar, logs):
        self.home, self.jar = home, jar
        logs.mkdir(parents=True)
        self.environment = os.environ | {"FLINK_HOME": str(home), "FLINK_LOG_DIR": str(logs), "FLINK_PID_DIR": str(logs)}
        self.logs = logs
        for script in (home / "bin").iterdir():
            script.chmod(0o755)

    def script(self, *arguments):
        found = subprocess.run(
            [self.home / "bin" / arguments[0], *arguments[1:]], env=self.environment, text=True, capture_output=True)
        if found.returncode:
            raise SystemExit(f"{' '.join(map(str, arguments))} failed:\n{found.stdout}\n{found.stderr}")
        return found.stdout

    def start(self):
        self.script("jobmanager.sh", "start", *QUICK)
        self.start_tasks()

    def start_tasks(self):
        self.script("taskmanager.sh", "start", "-D", "taskmanager.numberOfTaskSlots=2", *QUICK)

    def kill_tasks(self):
        """The process of the task manager started last, as a machine that goes away."""
        pid = next(self.logs.glob("*taskexecutor*.pid")).read_text().split()[-1]
        os.kill(int(pid), signal.SIGKILL)

    def stop(self):
        self.script("taskmanager.sh", "stop-all")
        self.script("jobmanager.sh", "stop-all")

    def run(self, config, *options, overrides=()):
        out = self.script(
            "flink", "run", "-d", *options, "-c", "dev.hindcast.streaming.Main", self.jar, "run", "--config", config,
            *[part for override in overrides for part in ("--set", override)])
        return re.search(r"JobID ([0-9a-f]{32})", out).group(1)

    def stop_job(self, job, folder, *options):
        out = self.script("flink", "stop", "--savepointPath", folder, *options, job)
        return re.search(r"Path: (\S+)", out).group(1)

    def rest(self, path):
        with urllib.request.urlopen(f"http://localhost:8081/{path}") as answer:
            return json.load(answer)

    def count(self, job, name):
        found = self.rest(f"jobs/{job}/accumulators")["user-task-accumulators"]
        return sum(int(one["value"]) for one in found if one["name"] == name)

    def restored(self, job):
        return self.rest(f"jobs/{job}/checkpoints")["counts"]["restored"]

    def wait(self, what, holds):
        end = time.monotonic() + 300
        while not holds():
            if time.monotonic() > end:
                raise SystemExit(f"Waited in vain until {what}.")
            time.sleep(0.2)

    def wait_to_read(self, job, least):
        self.wait(f"{least} events are read", lambda: self.count(job, "read") >= least)

    def wait_to_run(self, job):
        tasks = lambda: self.rest(f"jobs/{job}")["status-counts"]
        self.wait("all tasks run", lambda: tasks()["RUNNING"] == sum(tasks().values()))


def outcome(folder):
    table = pyarrow.dataset.dataset(folder / "stream/rows", format="parquet", exclude_invalid_files=True).to_table()
    rows = collections.Counter(zip(table["visit"].to_pylist(), table["step"].to_pylist()))
    letters = collections.Counter()
    for file in (folder / "stream/dead-letters").glob("part-*"):
        for line in file.read_text().splitlines():
            payload = json.loads(json.loads(line)["payload"])
            letters[payload["visit"], payload["step"]] += 1
    return rows, letters


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flink", type=pathlib.Path, required=True, help="the folder of bin, lib and conf")
    parser.add_argument("--jar", type=pathlib.Path, default=HERE.parent / "streaming/target/hindcast-flink.jar")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--visits", type=int, default=60_000)
    options = parser.parse_args()
    folder = options.out.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "events").mkdir(parents=True)
    config = folder / "shop.yaml"
    config.write_text(CONFIG)
    lines = [json.dumps(event) + "\n" for event in events(options.visits)]

    def write(name, some):
        (folder / ".next").write_text("".join(some))
        (folder / ".next").rename(folder / "events" / name)

    cluster = Cluster(options.flink.resolve(), options.jar.resolve(), folder / "logs")
    third = len(lines) // 3
    try:
        cluster.start()
        write("1.jsonl", lines[:third])
        job = cluster.run(config)
        cluster.wait_to_read(job, third)
        savepoint = cluster.stop_job(job, folder / "savepoints")
        print("stopped, savepoint", savepoint)
        write("2.jsonl", lines[third : 2 * third])
        write("3.jsonl", lines[2 * third :])
        job = cluster.run(config, "-s", savepoint, overrides=["stream.parallelism=2"])
        cluster.wait_to_read(job, third + 100)
        before = cluster.restored(job)
        cluster.kill_tasks()
        print("killed with", cluster.count(job, "read"), "of", len(lines), "events read")
        cluster.start_tasks()
        cluster.wait("the stream is restored", lambda: cluster.restored(job) > before)
        cluster.wait_to_read(job, len(lines))
        cluster.wait_to_run(job)
        cluster.stop_job(job, folder / "savepoints", "--drain")
        counts = {one["name"] for one in cluster.rest(f"jobs/{job}/accumulators")["user-task-accumulators"]}
        print({name: cluster.count(job, name) for name in sorted(counts)})
    finally:
        cluster.stop()
    rows, letters = outcome(folder)
    expected = collections.Counter((event["visit"], event["step"]) for event in map(json.loads, lines))
    lost = expected - rows - letters
    doubled = rows + letters - expected
    print(f"{len(expected)} events: {len(rows)} rows, {len(letters)} dead letters, {len(lost)} lost, {len(doubled)} doubled")
    if lost or doubled:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
