"""Exact words of every stage."""

import json
from datetime import date

from hindcast_airflow import commands
from hindcast_airflow.paths import RunPaths
from hindcast_airflow.settings import Engine

RUN = RunPaths(
    day=date(2026, 11, 7),
    window="2026-11-07/2026-11-08",
    sources=("/logs/day=2026-11-07",),
    config="/c.yaml",
    overrides=("train.updates=5",),
    dataset="/w/dataset",
    bundles="/w/bundles",
    report="/w/report",
)
CONFIG = ["--config", "/c.yaml", "--set", "train.updates=5"]
SOURCE = ["--set", "ingest.source.path=/logs/day=2026-11-07"]


def test_words_of_each_stage():
    assert commands.validate(RUN) == ["validate", "--data", *CONFIG, *SOURCE]
    assert commands.ingest(RUN) == ["ingest", *CONFIG, *SOURCE, "--output", "/w/dataset"]
    assert commands.train(RUN) == ["train", *CONFIG, "--dataset", "/w/dataset", "--output", "/w/bundles"]
    evaluate = ["evaluate", *CONFIG, "--dataset", "/w/dataset", "--bundle", "/w/bundles", "--output", "/w/report"]
    assert commands.evaluate(RUN) == evaluate
    assert commands.evaluate(RUN, replace=True) == [*evaluate, "--replace"]


def test_a_promotion_names_everything_it_rests_on():
    words = commands.promote(RUN, "/registry", "shop", "/w/bundles/iql-seed0")
    assert words == [
        *("promote", "--registry", "/registry", "--policy", "shop", "--bundle", "/w/bundles/iql-seed0"),
        *("--report", "/w/report", "--dataset", "/w/dataset", "--window", "2026-11-07/2026-11-08", "--by", "airflow", "--json"),
    ]
    shown = commands.promote(RUN, "/registry", "shop", "/w/bundles/iql-seed0", "http://mlflow:5000")
    assert shown == [*words, "--mlflow", "http://mlflow:5000"]


def test_several_days_are_one_source():
    from dataclasses import replace

    words = commands.ingest(replace(RUN, sources=("/a", "/b")))
    (source,) = [word for word in words if word.startswith("ingest.source.path=")]
    assert json.loads(source.split("=", 1)[1]) == ["/a", "/b"]


def test_the_launcher_gets_the_words_as_they_are():
    assert commands.launch(Engine(command="/opt/hindcast"), ["train"]) == ["/opt/hindcast", "train"]


def test_native_jars_are_in_order(tmp_path):
    for name in ("b.jar", "a.jar", "notes.txt"):
        (tmp_path / name).touch()
    assert commands.native_jars(Engine(natives=str(tmp_path))) == f"{tmp_path}/a.jar,{tmp_path}/b.jar"
    assert commands.native_jars(Engine()) == ""
