"""Flink's REST interface and the triggers that wait for it."""

import asyncio
import time

import pytest
from fake_flink import FakeFlink

from hindcast_airflow.flink import Flink, FlinkError, FlinkUnreachableError
from hindcast_airflow.triggers import RunningTrigger, StoppedTrigger


@pytest.fixture
def cluster():
    fake = FakeFlink()
    yield fake
    fake.close()


def waited(trigger):
    async def first():
        async for event in trigger.run():
            return event.payload

    return asyncio.run(first())


def soon(kind, cluster, job, seconds=10, **more):
    return waited(kind(cluster.address, job, time.time() + seconds, pause=0.01, **more))


def test_only_a_job_that_has_not_ended_is_active(cluster):
    cluster.add("shop", "FINISHED")
    cluster.add("other")
    flink = Flink(cluster.address)
    assert flink.active("shop") is None
    running = cluster.add("shop", "RESTARTING")
    assert flink.active("shop").id == running


def test_two_jobs_of_one_name_are_too_many(cluster):
    cluster.add("shop")
    cluster.add("shop")
    with pytest.raises(FlinkError, match=r"2 jobs called shop run at .*: job0, job1\. Cancel all but one\."):
        Flink(cluster.address).active("shop")


def test_a_jar_is_sent_once(cluster, tmp_path):
    jar = tmp_path / "hindcast-flink.jar"
    jar.write_bytes(b"classes")
    flink = Flink(cluster.address)
    assert flink.upload(jar) == flink.upload(jar) == "id_hindcast-flink.jar"
    assert cluster.jars == ["hindcast-flink.jar"]


def test_a_submission_says_everything(cluster):
    cluster.jars.append("a.jar")
    assert Flink(cluster.address).submit("id_a.jar", ["run", "--config", "c.yaml"], 2, "/savepoints/1") == "job0"
    assert cluster.submissions == [
        {
            "jar": "a.jar",
            "entryClass": "dev.hindcast.streaming.Main",
            "programArgsList": ["run", "--config", "c.yaml"],
            "parallelism": 2,
            "savepointPath": "/savepoints/1",
            "allowNonRestoredState": False,
        }
    ]


def test_words_of_a_refusal(cluster):
    with pytest.raises(FlinkError, match=r"refused GET /jobs/none \(404\): Job could not be found\.") as refused:
        Flink(cluster.address).job("none")
    assert not isinstance(refused.value, FlinkUnreachableError)


def test_a_cluster_that_is_not_there_may_come_back():
    with pytest.raises(FlinkUnreachableError, match="Cannot ask Flink"):
        Flink("http://127.0.0.1:1", timeout=1).jobs()


def test_running_means_a_checkpoint_is_complete(cluster):
    job = cluster.add("shop")
    assert soon(RunningTrigger, cluster, job) == {"job": job, "checkpoints": 1}
    assert cluster.jobs[job]["asked"] == 3


def test_a_job_that_failed_says_why(cluster):
    job = cluster.add("shop", "FAILED")
    assert soon(RunningTrigger, cluster, job) == {"failed": "Job job0 is FAILED. java.io.IOException: disk full", "again": False}


def test_stopped_means_savepoint_and_end(cluster):
    job = cluster.add("shop")
    request = Flink(cluster.address).stop(job, "/savepoints")
    assert soon(StoppedTrigger, cluster, job, request=request) == {"job": job, "savepoint": "/savepoints/savepoint-1"}
    assert cluster.stops[0]["drain"] is False


def test_a_savepoint_that_cannot_be_written(cluster):
    cluster.fails_savepoints = True
    job = cluster.add("shop")
    answer = soon(StoppedTrigger, cluster, job, request=Flink(cluster.address).stop(job, "/savepoints"))
    assert "could not write its savepoint and runs on: java.io.IOException: no space" in answer["failed"]
    assert answer["again"] is False


def test_waiting_ends(cluster):
    cluster.starts_after = 10**9
    answer = soon(RunningTrigger, cluster, cluster.add("shop"), seconds=0.1)
    assert answer["again"] is True
    assert "took too long" in answer["failed"]


def test_a_trigger_can_be_made_again():
    trigger = StoppedTrigger("http://f", "j", 7.0, request="r")
    path, arguments = trigger.serialize()
    assert path == "hindcast_airflow.triggers.StoppedTrigger"
    assert StoppedTrigger(**arguments).serialize() == trigger.serialize()
