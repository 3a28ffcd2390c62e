"""What the DAGs declare."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from conftest import DAGS

from hindcast_airflow import pipelines, settings
from hindcast_airflow.pipelines.backfill import days_between
from hindcast_airflow.settings import Engine, Pipeline, SettingsError

_NO_SOCKETS = """
import json, socket, sys, time
import urllib3  # asks the machine whether it knows IPv6, by binding a socket; Airflow and its providers import it anyway
from airflow.dag_processing.dagbag import DagBag
opened = []
sys.addaudithook(lambda event, details: opened.append(event) if event in ("socket.connect", "socket.bind", "socket.getaddrinfo") else None)
begun = time.process_time()
bag = DagBag(sys.argv[1])
seconds = time.process_time() - begun
print(json.dumps({"dags": sorted(bag.dags), "errors": bag.import_errors, "seconds": seconds, "sockets": opened}))
"""


@pytest.fixture(scope="module")
def declared(example):
    loaded = settings.load(example)
    (sepsis,) = loaded.pipelines
    return SimpleNamespace(
        settings=loaded,
        pipeline=sepsis,
        offline_training=pipelines.offline_training(loaded, sepsis),
        backfill=pipelines.backfill(loaded, sepsis),
        online_finetuning=pipelines.online_finetuning(loaded, sepsis),
        monitoring=pipelines.monitoring(loaded, sepsis),
    )


def rendered(dag, task_id, run=None, template="words", **params):
    """The words that a task would run, or another of its templates."""
    task = dag.get_task(task_id)
    values = {key: param.value for key, param in dag.params.items()} if hasattr(dag.params, "items") else {}
    values = {**dag.params.dump(), **params}
    run = run or SimpleNamespace(logical_date=None, run_after=datetime(2026, 11, 8, 3, tzinfo=UTC))
    ti = SimpleNamespace(xcom_pull=lambda task_ids, key: {"policy": "behavior-cloning-seed1", "lower": 0.7}, task=task)
    return getattr(task, template)(context={"params": values, "dag_run": run, "ti": ti, "task": task}, jinja_env=None)


def test_the_file_is_imported_quickly_without_errors_or_sockets(example, database):
    environment = {**os.environ, "HINDCAST_PIPELINES": str(example), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", _NO_SOCKETS, str(DAGS)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["errors"] == {}
    assert seen["dags"] == ["backfill_sepsis", "monitoring_sepsis", "offline_training_sepsis", "online_finetuning_sepsis"]
    assert seen["sockets"] == []
    assert seen["seconds"] < 2 * len(seen["dags"]), "seconds of processor time, all that the DAGs import included"


def test_structure(declared):
    def edges(dag):
        return {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks}

    assert edges(declared.offline_training) == {
        "validate": ["ingest"],
        "ingest": ["train"],
        "train": ["evaluate"],
        "evaluate": ["gate"],
        "gate": ["promote"],
        "promote": [],
    }
    assert edges(declared.backfill) == {
        "days": ["evaluate", "ingest", "train"],
        "ingest": ["judge"],
        "judge": ["train"],
        "train": ["evaluate"],
        "evaluate": [],
    }
    assert edges(declared.online_finetuning) == {"stop": ["submit"], "submit": ["verify"], "verify": []}
    assert edges(declared.monitoring) == {"look": ["alert"], "alert": []}


def test_exact_commands(declared, example):
    folder = example.parent
    dag = declared.offline_training
    config = ["--config", f"{folder}/pipeline.yaml"]
    source = ["--set", f"ingest.source.path={folder}/logs/day=2026-11-07"]
    day = str(folder / "work" / "sepsis" / "day=2026-11-07")
    words = {name: rendered(dag, name) for name in ("validate", "ingest", "train", "evaluate", "promote")}
    dataset, bundles, report = (words[stage][words[stage].index("--output") + 1] for stage in ("ingest", "train", "evaluate"))
    assert dataset.startswith(f"{day}/dataset-")
    assert bundles.startswith(f"{day}/bundles-")
    assert report.startswith(f"{day}/report-")
    assert words == {
        "validate": ["validate", "--data", *config, *source],
        "ingest": ["ingest", *config, *source, "--output", dataset],
        "train": ["train", *config, "--dataset", dataset, "--output", bundles],
        "evaluate": ["evaluate", *config, "--dataset", dataset, "--bundle", bundles, "--output", report],
        "promote": [
            *("promote", "--registry", f"{folder}/registry", "--policy", "sepsis"),
            *("--bundle", f"{bundles}/behavior-cloning-seed1", "--report", report, "--dataset", dataset),
            *("--window", "2026-11-07/2026-11-08", "--by", "airflow", "--json"),
        ],
    }


def test_overrides_and_replacement_reach_the_words(declared):
    words = rendered(declared.offline_training, "train", replace=True, set={"train.updates": 5})
    assert words[-1] == "--replace"
    assert words[words.index("--set") + 1] == "train.updates=5"


@pytest.mark.parametrize(
    "run",
    [
        SimpleNamespace(logical_date=datetime(2026, 11, 4, 3, tzinfo=UTC), run_after=datetime(2026, 11, 9, tzinfo=UTC)),
        SimpleNamespace(logical_date=None, run_after=datetime(2026, 11, 4, 3, tzinfo=UTC)),
    ],
)
def test_with_and_without_a_logical_date_a_run_takes_the_day_before(declared, run):
    words = rendered(declared.offline_training, "ingest", run, day=None)
    assert any(word.endswith("/logs/day=2026-11-03") for word in words)


def test_only_what_is_worth_it_is_tried_again_and_all_of_it_waits_in_the_pool(declared):
    for dag in (declared.offline_training, declared.backfill, declared.online_finetuning):
        for task in dag.tasks:
            assert task.retries == 1
            assert task.pool == "default_pool"
    assert all(task.retries == 0 for task in declared.monitoring.tasks)


def test_runs_that_would_promote_come_one_after_the_other(declared):
    assert declared.offline_training.max_active_runs == 1
    assert declared.offline_training.catchup is False


def test_a_run_can_have_a_deadline(declared):
    assert not declared.offline_training.deadline
    strict = replace(declared.pipeline, deadline_minutes=90)
    (deadline,) = pipelines.offline_training(declared.settings, strict).deadline
    assert deadline.interval.total_seconds() == 90 * 60
    assert deadline.callback.path == "hindcast_airflow.pipelines.shared.late"


def test_parameters_have_schemas_and_defaults_that_hold(declared):
    for dag in (declared.offline_training, declared.backfill, declared.online_finetuning):
        dag.params.validate()
        assert all(dag.params.get_param(key).schema.get("type") for key in dag.params)
    offline = declared.offline_training.params
    for key, bad in {"day": "yesterday", "promote": "yes", "set": {"Train Updates": 1}}.items():
        with pytest.raises(Exception, match=r"(?i)invalid input|does not match|is not"):
            offline.get_param(key).resolve(bad)


def test_assets_are_updated_by_who_makes_them(declared):
    outlets = {task.task_id: [asset.name for asset in task.outlets] for task in declared.offline_training.tasks}
    assert outlets == {
        "validate": [],
        "ingest": ["sepsis-dataset"],
        "train": [],
        "evaluate": [],
        "gate": ["sepsis-report"],
        "promote": ["sepsis-policy"],
    }
    policy = rendered(declared.offline_training, "promote", template="told")
    assert policy == {"day": "2026-11-07", "policy": "behavior-cloning-seed1", "lower": 0.7}
    dataset = rendered(declared.offline_training, "ingest", template="told")
    assert dataset["day"] == "2026-11-07"
    assert "/day=2026-11-07/dataset-" in dataset["dataset"]


def test_spark_submit_is_one_setting(example, tmp_path):
    (tmp_path / "openblas.jar").touch()
    document = yaml.safe_load(example.read_text())
    document["engine"] = {"kind": "spark-submit", "command": "/spark/bin/spark-submit", "jar": "/h/hindcast-spark.jar"}
    document["engine"] |= {"natives": str(tmp_path), "conf": {"spark.executor.memory": "2g"}, "driver-memory": "3g"}
    loaded = settings.read(document)
    dag = pipelines.offline_training(loaded, loaded.pipelines[0])
    task = dag.get_task("ingest")
    task.application_args = rendered(dag, "ingest")
    task.jars = f"{tmp_path}/openblas.jar"
    command = task._get_hook()._build_spark_submit_command(task.application)
    assert command[:3] == ["/spark/bin/spark-submit", "--master", "local[2]"]
    assert command[command.index("--class") + 1] == "dev.hindcast.cli.Main"
    assert command[command.index("--driver-memory") + 1] == "3g"
    assert command[command.index("--jars") + 1] == f"{tmp_path}/openblas.jar"
    assert "spark.executor.memory=2g" in command
    assert "spark.executorEnv.OMP_NUM_THREADS=1" in command
    assert command[command.index("/h/hindcast-spark.jar") + 1 :] == rendered(dag, "ingest")


def test_days_of_a_backfill():
    days = days_between
    assert days("2026-10-31", "2026-11-02", False) == ["2026-10-31", "2026-11-01", "2026-11-02"]
    assert days("2026-10-31", "2026-11-02", True) == ["2026-11-02", "2026-11-01", "2026-10-31"]
    assert days("2026-11-02", "2026-11-02", True) == ["2026-11-02"]
    with pytest.raises(SettingsError, match="these are 0 days"):
        days("2026-11-02", "2026-11-01", True)
    with pytest.raises(SettingsError, match="YYYY-MM-DD"):
        days("2026-11-02", "tomorrow", True)


def test_an_engine_of_pods_is_one_setting(example):
    pytest.importorskip("airflow.providers.cncf.kubernetes")
    loaded = settings.load(example)
    loaded = settings.Settings(loaded.work, loaded.registry, loaded.pipelines, Engine("kubernetes", image="hindcast:1"))
    task = pipelines.offline_training(loaded, loaded.pipelines[0]).get_task("ingest")
    assert (task.image, task.cmds) == ("hindcast:1", ["hindcast"])


def test_streams_are_optional(example):
    loaded = settings.load(example)
    plain = Pipeline("plain", loaded.pipelines[0].config, "logs/day={day}")
    for declare in (pipelines.online_finetuning, pipelines.monitoring):
        with pytest.raises(ValueError, match="plain has no stream"):
            declare(loaded, plain)


@pytest.fixture
def pretending(example, tmp_path):
    """Settings whose launcher makes a manifest at every output, and nothing else."""
    launcher = tmp_path / "hindcast"
    script = 'for word; do if [ "$last" = --output ]; then mkdir -p "$word"; echo "{}" > "$word/manifest.json"; fi; last=$word; done'
    launcher.write_text(f"#!/bin/sh\n{script}\n")
    launcher.chmod(0o755)
    loaded = settings.load(example)
    return settings.Settings(str(tmp_path / "work"), loaded.registry, loaded.pipelines, Engine(command=str(launcher)))


def test_a_gate_that_stays_shut_skips_the_promotion_and_says_why(pretending, database, capfd):
    done = pipelines.offline_training(pretending, pretending.pipelines[0]).test(logical_date=None)
    states = {ti.task_id: str(ti.state) for ti in done.get_task_instances()}
    assert str(done.state) == "success"
    assert (states["gate"], states["promote"]) == ("success", "skipped")
    said = "".join(capfd.readouterr())
    assert "Not promoted." in said
    assert "There is no finished report." in said


def test_a_backfill_takes_every_day_and_judges_only_when_asked_to(pretending, database):
    dag = pipelines.backfill(pretending, pretending.pipelines[0])
    done = dag.test(logical_date=None, run_conf={"first": "2026-11-05", "last": "2026-11-07"})
    states = {(ti.task_id, ti.map_index): str(ti.state) for ti in done.get_task_instances()}
    assert {states["ingest", index] for index in range(3)} == {"success"}
    assert {state for (task_id, _), state in states.items() if task_id in ("train", "evaluate")} == {"skipped"}
    days = {f"day=2026-11-0{number}" for number in (5, 6, 7)}
    assert {day.name for day in (Path(pretending.work) / "sepsis").iterdir()} == days
    assert {manifest.parent.parent.name for manifest in (Path(pretending.work) / "sepsis").glob("*/dataset-*/manifest.json")} == days
