"""What tasks make of processes, of Flink and of notes."""

import json
import os
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException, TaskDeferred
from fake_flink import FakeFlink

from hindcast_airflow import notes, pipelines, settings
from hindcast_airflow.operators import LauncherOperator
from hindcast_airflow.settings import Engine
from hindcast_airflow.triggers import RunningTrigger, StoppedTrigger


def launcher(tmp_path, script):
    """A launcher that does what it is told to."""
    file = tmp_path / "hindcast"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return Engine(command=str(file), driver_memory="1g")


def operator(engine, made=None, marks=False):
    return LauncherOperator(task_id="ingest", engine=engine, words=["ingest", "--output", "a b"], made=made, marks=marks)


CONTEXT = {"params": {}}


def test_a_verb_that_ends_well_says_what_it_printed_as_json(tmp_path):
    engine = launcher(tmp_path, """echo "$HINDCAST_MEMORY $#" >&2; echo '{"rows": 7}'; echo done""")
    assert operator(engine).execute(CONTEXT) == {"made": True, "place": None, "said": {"rows": 7}}
    plain = launcher(tmp_path, 'echo "$HINDCAST_MEMORY $#"')
    assert operator(plain).execute(CONTEXT)["said"] == "1g 3"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, AirflowFailException) for code in (1, 2, 3, 5, 9)),
        (4, AirflowSkipException),
        *((code, AirflowException) for code in (6, 7, 8)),
    ],
)
def test_exit_codes_decide_about_retries(tmp_path, code, kind):
    with pytest.raises(AirflowException) as failure:
        operator(launcher(tmp_path, f"echo Cannot do it.; exit {code}")).execute(CONTEXT)
    assert type(failure.value) is kind
    assert str(failure.value).startswith(f"Exit code {code}: ")
    assert str(failure.value).endswith(" Cannot do it.")


def test_a_process_that_was_killed_is_tried_again(tmp_path):
    with pytest.raises(AirflowException, match="killed by SIGKILL") as failure:
        operator(launcher(tmp_path, "kill -9 $$")).execute(CONTEXT)
    assert type(failure.value) is AirflowException


def test_what_is_there_is_not_made_again_unless_asked_for(tmp_path):
    made = tmp_path / "dataset" / "manifest.json"
    engine = launcher(tmp_path, f"echo run >> {tmp_path}/runs; mkdir -p {made.parent}; echo '{{}}' > {made}")
    task = operator(engine, str(made))
    assert task.execute(CONTEXT)["made"] is True
    assert task.execute(CONTEXT)["made"] is False
    assert (tmp_path / "runs").read_text() == "run\n"
    assert task.execute({"params": {"replace": True}})["made"] is True


def test_events_of_assets_say_what_was_made_and_what_is_known_of_it(tmp_path):
    asset = Asset(name="shop-policy", uri="hindcast://policy/shop")
    engine = launcher(tmp_path, """echo '{"outcome": "moved"}'""")
    task = LauncherOperator(task_id="promote", engine=engine, words=["promote"], told={"lower": 0.4}, outlets=[asset])
    event = SimpleNamespace(extra={})
    task.execute({**CONTEXT, "outlet_events": {asset: event}})
    assert event.extra == {"lower": 0.4, "made": True, "place": None, "said": {"outcome": "moved"}}


def test_a_stage_that_marks_leaves_no_mark_when_it_fails(tmp_path):
    mark = tmp_path / "bundles.finished"
    with pytest.raises(AirflowFailException):
        operator(launcher(tmp_path, "exit 1"), str(mark), marks=True).execute(CONTEXT)
    assert not mark.exists()
    operator(launcher(tmp_path, "exit 0"), str(mark), marks=True).execute(CONTEXT)
    assert json.loads(mark.read_text())["words"][0] == "ingest"


def test_a_launcher_that_is_not_there_says_what_to_set():
    with pytest.raises(AirflowFailException, match=r"Cannot start /no/such: .* Set engine\.command to the launcher\."):
        operator(Engine(command="/no/such")).execute(CONTEXT)


def test_a_task_that_is_killed_asks_its_process_to_stop(tmp_path):
    task = operator(launcher(tmp_path, f"trap 'exit 8' TERM; touch {tmp_path}/ready; while :; do sleep 0.02; done"))
    ended = []

    def run():
        try:
            task.execute(CONTEXT)
        except AirflowException as e:
            ended.append(str(e))

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 20
    while not (tmp_path / "ready").exists() and time.monotonic() < until:
        os.sched_yield()
    task.on_kill()
    thread.join(20)
    (words,) = ended
    assert words.startswith("Exit code 8: interrupted, can be resumed.")


@pytest.fixture
def online(example, tmp_path):
    fake = FakeFlink()
    jar = tmp_path / "hindcast-flink.jar"
    jar.write_bytes(b"classes")
    loaded = settings.load(example)
    pipeline = loaded.pipelines[0]
    stream = replace(pipeline.stream, address=fake.address, jar=str(jar), savepoints="/savepoints")
    dag = pipelines.online_finetuning(loaded, replace(pipeline, stream=stream))
    yield SimpleNamespace(fake=fake, dag=dag, stop=dag.get_task("stop"), submit=dag.get_task("submit"), config=pipeline.config)
    fake.close()


def asked(wanted, stopped=None, **params):
    ti = SimpleNamespace(xcom_pull=lambda task_ids: stopped)
    return {"params": {"wanted": wanted, **params}, "ti": ti}


def test_a_stream_that_runs_is_not_submitted_again(online):
    online.fake.add("hindcast sepsis")
    with pytest.raises(TaskDeferred) as waiting:
        online.submit.execute(asked("running"))
    assert isinstance(waiting.value.trigger, RunningTrigger)
    assert online.fake.submissions == []


def test_one_that_does_not_is_submitted_and_waited_for_without_a_slot(online):
    with pytest.raises(TaskDeferred) as waiting:
        online.submit.execute(asked("running", set={"stream.parallelism": 2}))
    assert waiting.value.trigger.job == "job0"
    (submission,) = online.fake.submissions
    assert submission["programArgsList"] == ["run", "--config", online.config, "--set", "stream.parallelism=2"]
    assert "savepointPath" not in submission
    with pytest.raises(TaskDeferred):
        online.submit.execute(asked("running"))
    assert len(online.fake.submissions) == 1


def test_a_restart_goes_on_from_the_savepoint_of_the_stop(online):
    online.fake.add("hindcast sepsis")
    with pytest.raises(TaskDeferred) as waiting:
        online.stop.execute(asked("restarted"))
    assert isinstance(waiting.value.trigger, StoppedTrigger)
    online.fake.jobs["job0"]["state"] = "FINISHED"
    with pytest.raises(TaskDeferred):
        online.submit.execute(asked("restarted", {"savepoint": "/savepoints/savepoint-1"}, savepoint="/older"))
    assert online.fake.submissions[0]["savepointPath"] == "/savepoints/savepoint-1"


def test_without_a_stop_it_goes_on_from_the_savepoint_it_is_given(online):
    with pytest.raises(TaskDeferred):
        online.submit.execute(asked("running", None, savepoint="/older"))
    assert online.fake.submissions[0]["savepointPath"] == "/older"


def test_steps_that_are_not_wanted_are_skipped(online):
    online.fake.add("hindcast sepsis")
    for task, wanted in ((online.stop, "running"), (online.submit, "stopped")):
        with pytest.raises(AirflowSkipException):
            task.execute(asked(wanted))
    online.fake.jobs.clear()
    with pytest.raises(AirflowSkipException, match="No job called hindcast sepsis runs"):
        online.stop.execute(asked("stopped"))


def test_a_cluster_that_is_gone_is_asked_again_later_and_one_that_says_no_is_not(online):
    online.fake.add("hindcast sepsis")
    online.fake.add("hindcast sepsis")
    with pytest.raises(AirflowFailException, match="Cancel all but one"):
        online.submit.execute(asked("running"))
    online.fake.close()
    with pytest.raises(AirflowException, match="Cannot ask Flink") as gone:
        online.submit.execute(asked("running"))
    assert type(gone.value) is AirflowException


def test_what_the_trigger_found_out(online):
    assert online.stop.answered({}, {"job": "j", "savepoint": "/s"}) == {"job": "j", "savepoint": "/s"}
    with pytest.raises(AirflowFailException, match="disk full"):
        online.stop.answered({}, {"failed": "disk full", "again": False})
    with pytest.raises(AirflowException) as failure:
        online.stop.answered({}, {"failed": "too long", "again": True})
    assert type(failure.value) is AirflowException


class Api(BaseHTTPRequestHandler):
    """Airflow's API, as far as notes go."""

    def do_POST(self):
        self._answer({"access_token": "secret"})

    def do_PATCH(self):
        self._answer({})

    def _answer(self, answer):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization"), body))
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def test_a_note_is_written_by_the_public_api(monkeypatch, database):
    server = HTTPServer(("127.0.0.1", 0), Api)
    server.seen = []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    login = {"conn_type": "http", "host": "127.0.0.1", "port": server.server_port, "login": "hindcast", "password": "p"}
    monkeypatch.setenv("AIRFLOW_CONN_NOTES", json.dumps(login))
    ti = SimpleNamespace(dag_id="d", run_id="manual__2026-11-07T00:00:00+00:00", task_id="gate", map_index=-1)
    notes.write("notes", {"ti": ti}, "x" * 2000, "http://reports/r.html")
    server.shutdown()
    server.server_close()
    token, note = server.seen
    assert token == ("POST", "/auth/token", None, {"username": "hindcast", "password": "p"})
    place = "/api/v2/dags/d/dagRuns/manual__2026-11-07T00%3A00%3A00%2B00%3A00/taskInstances/gate?update_mask=note"
    assert note == ("PATCH", place, "Bearer secret", {"note": "x" * 967 + "\n\n[Report](http://reports/r.html)"})


def test_a_note_that_cannot_be_written_fails_nothing(monkeypatch, database, caplog):
    monkeypatch.setenv("AIRFLOW_CONN_NOTES", json.dumps({"conn_type": "http", "host": "127.0.0.1", "port": 1}))
    ti = SimpleNamespace(dag_id="d", run_id="r", task_id="gate", map_index=-1)
    notes.write("notes", {"ti": ti}, "words", "r.html")
    notes.write("", {"ti": ti}, "words", "r.html")
    assert "Cannot write the note beside the task" in caplog.text
