"""The file of pipelines."""

import pytest
import yaml

from hindcast_airflow import settings

SMALL = """
work: /work
registry: /registry
pipelines:
  shop: {config: shop.yaml, source: "logs/day={day}", day: 2026-11-01, window-days: 7}
"""


def read(text):
    return settings.read(yaml.safe_load(text))


def test_defaults():
    found = read(SMALL)
    assert found.engine == settings.Engine()
    assert found.engine.kind == "launcher"
    assert found.retries == settings.Retries(most=3, delay_seconds=60)
    (shop,) = found.pipelines
    assert (shop.name, shop.day, shop.window_days, shop.day_lag, shop.schedule) == ("shop", "2026-11-01", 7, 1, None)
    assert shop.stream is None


def test_every_key_of_a_stream_and_an_engine():
    found = read(
        SMALL.replace("window-days: 7}", "window-days: 7,")
        + "    stream: {address: 'http://f', jar: j, savepoints: s, output: o, job: n, parallelism: 3, quiet-after-minutes: 5}}\n"
        + "engine: {kind: spark-submit, command: c, jar: j, natives: n, connection: x, conf: {a: b}, driver-memory: 2g}\n"
    )
    assert found.pipelines[0].stream == settings.Stream("http://f", "j", "s", "o", "n", 3, 5)
    assert found.engine == settings.Engine("spark-submit", "c", "j", "n", "x", {"a": "b"}, "2g")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALL.replace("window-days", "windw-days"), "unknown key pipelines.shop.windw-days. Did you mean pipelines.shop.window-days?"),
        (SMALL.replace("registry", "registri"), "unknown key registri. Did you mean registry?"),
        (SMALL.replace("work: /work", ""), "work is missing."),
        (SMALL.replace("config: shop.yaml, ", ""), "pipelines.shop.config is missing."),
        (SMALL.replace("{day}", "today"), "has to have {day} in it."),
        (SMALL.replace("7}", "0}"), "pipelines.shop.window-days is 0, but has to be at least 1."),
        (SMALL.replace("shop:", "'../shop':"), "cannot be called so"),
        (SMALL + "engine: {kind: yarn}", "engine.kind is 'yarn', but has to be one of launcher, spark-submit, kubernetes."),
        (SMALL + "engine: {kind: spark-submit}", "engine.jar is missing"),
        (SMALL + "engine: {kind: kubernetes}", "engine.image is missing"),
        ("[]", "the file has to be a section of keys, but is list."),
        ("work: a\nregistry: b", "pipelines has to be a section of keys, but is NoneType."),
    ],
)
def test_mistakes_are_named(text, words):
    with pytest.raises(settings.SettingsError) as failure:
        read(text)
    assert words in str(failure.value)


def test_a_missing_file_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(settings.SettingsError, match="Point HINDCAST_PIPELINES to it"):
        settings.load(tmp_path / "none.yaml")
    monkeypatch.delenv("HINDCAST_PIPELINES", raising=False)
    with pytest.raises(settings.SettingsError, match="set HINDCAST_PIPELINES"):
        settings.load()
