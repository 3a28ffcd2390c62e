"""Whole runs on the bundled log: real stages, Airflow's own scheduling of one run, SQLite."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from conftest import DAGS, ROOT

from hindcast_airflow import commands, paths, pipelines, settings

pytestmark = pytest.mark.pipeline
SPARK = ROOT / "cli" / "target" / "spark-venv"


def spark_home() -> Path:
    """The real distribution inside the package that the build of ``cli`` installs."""
    found = next(iter(SPARK.glob("lib/python*/site-packages/pyspark")), None)
    assert found, f"No pyspark under {SPARK}: run ./mvnw verify, which installs it."
    return found


@pytest.fixture(scope="module")
def by_spark(example):
    """The example's settings with spark-submit as the engine."""
    document = yaml.safe_load(example.read_text())
    target = ROOT / "cli" / "target"
    document["engine"] = {
        "kind": "spark-submit",
        "command": str(spark_home() / "bin" / "spark-submit"),
        "jar": str(target / "hindcast-spark.jar"),
        "natives": str(target / "natives"),
        "driver-memory": "2g",
        "conf": {"spark.driver.host": "localhost"},
    }
    file = example.with_name("by-spark.yaml")
    file.write_text(yaml.safe_dump(document))
    return file


def run(file, monkeypatch, **params):
    """One run of offline_training, as ``airflow dags test`` has it."""
    monkeypatch.setenv("HINDCAST_PIPELINES", str(file))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("SPARK_HOME", str(spark_home()))
    loaded = settings.load(file)
    done = pipelines.offline_training(loaded, loaded.pipelines[0]).test(logical_date=None, run_conf=params)
    tasks = {ti.task_id: ti for ti in done.get_task_instances()}
    return SimpleNamespace(
        state=str(done.state),
        states={name: str(ti.state) for name, ti in tasks.items()},
        tries={name: ti.try_number for name, ti in tasks.items()},
    )


def contents(folder: Path) -> dict[str, str]:
    """Every file under a folder and a hash of what is in it. TensorBoard's files have no clock in them either."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


ALL_DONE = dict.fromkeys(["validate", "ingest", "train", "evaluate", "gate", "promote"], "success")


def test_from_a_day_to_a_champion_and_the_second_time_nothing(by_spark, example, database, monkeypatch, capfd):
    first = run(by_spark, monkeypatch)
    assert first.states == ALL_DONE
    assert first.state == "success"
    folder = by_spark.parent
    assert len(list((folder / "registry/sepsis/generations").iterdir())) == 1
    capfd.readouterr()

    before = contents(folder / "work") | contents(folder / "registry")
    second = run(example, monkeypatch)  # by the launcher: which engine made it does not matter
    assert second.states == ALL_DONE
    assert contents(folder / "work") | contents(folder / "registry") == before
    said = "".join(capfd.readouterr())
    assert said.count("Nothing to do") == 3

    # the gate asks for more than there is: the run succeeds, nothing is promoted, and the reason can be read
    no = run(example, monkeypatch, set={"evaluate.promote-if.lower-bound-above": 0.99})
    assert no.state == "success"
    assert no.states == {**ALL_DONE, "promote": "skipped"}
    said = "".join(capfd.readouterr())
    assert "does not exceed 0.990" in said
    assert "Not promoted" in said
    assert len(list((folder / "registry/sepsis/generations").iterdir())) == 1


SEVEN_DAYS = [date(2026, 11, 1) + timedelta(days=i) for i in range(7)]
ANY_ORDER = [SEVEN_DAYS[i] for i in (4, 0, 6, 2, 5, 1, 3)]
Stages = Sequence[Callable[[paths.RunPaths], list[str]]]


def fill(file: Path, work: Path, days: Sequence[date], stages: Stages, at_once: int) -> dict[str, str]:
    """Takes days through stages, with the words that tasks give the launcher; which files that left, and their hashes."""
    loaded = settings.load(file)
    there = replace(loaded, work=str(work))

    def take(day: date) -> None:
        run_paths = paths.of(there, loaded.pipelines[0], day)
        for stage in stages:
            done = subprocess.run(commands.launch(loaded.engine, stage(run_paths)), capture_output=True, text=True)
            assert done.returncode == 0, done.stderr[-3000:]

    with ThreadPoolExecutor(at_once) as workers:
        list(workers.map(take, days))
    return contents(work)


def compare_orders(file: Path, work: Path, stages: Stages) -> None:
    """Two backfills side by side, which take turns at the machine's cores: one day after the other, and several in any order."""
    with ThreadPoolExecutor(2) as both:
        in_order = both.submit(fill, file, work / "in-order", SEVEN_DAYS, stages, 1)
        any_order = both.submit(fill, file, work / "any-order", ANY_ORDER, stages, 3)
    assert any_order.result() == in_order.result()
    assert {path.split("/")[1] for path in in_order.result()} == {f"day={day}" for day in SEVEN_DAYS}
    assert sum(path.endswith("manifest.json") for path in in_order.result()) >= 7 * len(stages)


def test_seven_days_at_once_and_in_any_order_leave_the_same_files_as_in_order(example, tmp_path):
    compare_orders(example, tmp_path, [commands.ingest])


@pytest.mark.long
def test_so_do_their_bundles_and_reports(example, tmp_path):
    compare_orders(example, tmp_path, [commands.ingest, commands.train, commands.evaluate])


def test_a_broken_partition_fails_at_once_and_says_why(by_spark, database, monkeypatch, capfd):
    log = by_spark.parent / "logs/day=2026-11-02/log.parquet"
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    try:
        broken = run(by_spark, monkeypatch, day="2026-11-02")
    finally:
        log.write_bytes(whole)
    assert broken.state == "failed"
    failed = [name for name, state in broken.states.items() if state == "failed"]
    assert len(failed) == 1
    assert broken.tries[failed[0]] == 1
    said = "".join(capfd.readouterr())
    assert "Exit code 3: the data broke its contract." in said
    assert "log.parquet" in said


def test_killed_in_the_middle_it_ends_as_if_nothing_had_happened(example, database, tmp_path):
    """The worker and its process are killed while a stage writes; the same run, started again, leaves what an undisturbed one does."""
    document = yaml.safe_load(example.read_text())
    document["work"], document["registry"] = str(tmp_path / "work"), str(tmp_path / "registry")
    document["pipelines"]["sepsis"]["day"] = "2026-11-03"
    document["pipelines"]["sepsis"]["set"] = {"train.updates": 300}
    file = tmp_path / "pipelines.yaml"
    file.write_text(yaml.safe_dump(document))
    environment = {**os.environ, "HINDCAST_PIPELINES": str(file), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "airflow", "dags", "test", "offline_training_sepsis", "--dagfile-path", str(DAGS / "hindcast.py")]

    begun = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    claims = lambda: list((tmp_path / "work").glob("sepsis/*/bundles-*/*/*"))  # noqa: E731
    deadline = time.monotonic() + 600
    while not claims() and time.monotonic() < deadline and begun.poll() is None:
        time.sleep(0.05)
    assert claims()
    kill_tree(begun.pid)
    begun.wait()
    (bundles,) = (tmp_path / "work").glob("sepsis/*/bundles-????????????")
    assert not bundles.with_name(bundles.name + ".finished").exists()

    again = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-3000:]
    (generation,) = (tmp_path / "registry/sepsis/generations").iterdir()
    assert json.loads(generation.read_text())["move"] == "promote"
    interrupted = contents(bundles)

    undisturbed = tmp_path / "undisturbed"
    run_paths = paths.of(settings.load(file), settings.load(file).pipelines[0], paths.day_of("2026-11-03", None, 1))
    words = commands.train(run_paths)
    words[words.index("--output") + 1] = str(undisturbed)
    subprocess.run([document["engine"]["command"], *words], check=True, capture_output=True)
    assert contents(undisturbed) == interrupted


def kill_tree(pid: int) -> None:
    """Ends a process and everything it started, at once, by their ids."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    os.kill(pid, signal.SIGKILL)
    for child in children:
        kill_tree(int(child))
