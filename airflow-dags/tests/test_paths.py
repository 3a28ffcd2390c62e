"""Where artefacts go."""

from datetime import UTC, date, datetime

import pytest

from hindcast_airflow import paths
from hindcast_airflow.settings import Pipeline, Settings, SettingsError

CONFIG = """
ingest: {source: {format: parquet, path: logs}, reward: reward}
train: {updates: 100}
evaluate: {promote-if: {lower-bound-above: 0.5}}
"""
DAY = date(2026, 11, 7)


@pytest.fixture
def pipeline(tmp_path):
    config = tmp_path / "shop.yaml"
    config.write_text(CONFIG)
    return Pipeline("shop", str(config), "/logs/day={day}")


def of(pipeline, day=DAY, overrides=None):
    return paths.of(Settings("/made", "/registry", (pipeline,)), pipeline, day, overrides)


def test_the_same_day_and_config_give_the_same_paths(pipeline):
    assert of(pipeline) == of(pipeline)
    assert of(pipeline).dataset.startswith("/made/shop/day=2026-11-07/dataset-")
    assert of(pipeline).trained == of(pipeline).bundles + ".finished"


def test_another_day_shares_nothing(pipeline):
    one, other = of(pipeline), of(pipeline, date(2026, 11, 6))
    assert not {one.dataset, one.bundles, one.report} & {other.dataset, other.bundles, other.report}


@pytest.mark.parametrize(
    ("key", "remade"),
    [
        ("ingest.reward", {"dataset", "bundles", "report"}),
        ("discount", {"dataset", "bundles", "report"}),
        ("train.updates", {"bundles", "report"}),
        ("evaluate.promote-if.lower-bound-above", {"report"}),
        ("serve.port", set()),
    ],
)
def test_a_change_makes_anew_only_what_depends_on_it(pipeline, key, remade):
    one, other = of(pipeline), of(pipeline, overrides={key: "9"})
    assert {name for name in ("dataset", "bundles", "report") if getattr(one, name) != getattr(other, name)} == remade


def test_a_change_in_the_file_counts_like_an_override(pipeline, tmp_path):
    before = of(pipeline)
    (tmp_path / "shop.yaml").write_text(CONFIG.replace("100", "200"))
    after = of(pipeline)
    assert after.dataset == before.dataset
    assert after.bundles != before.bundles


def test_a_window_takes_every_day_of_it(pipeline):
    week = Pipeline("shop", pipeline.config, pipeline.source, window_days=3)
    assert of(week).sources == ("/logs/day=2026-11-05", "/logs/day=2026-11-06", "/logs/day=2026-11-07")
    assert of(week).window == "2026-11-05/2026-11-08"
    assert of(pipeline).window == "2026-11-07/2026-11-08"


def test_the_day_asked_for_wins_over_the_run_s_date():
    assert paths.day_of("2026-11-03", datetime(2026, 11, 9, tzinfo=UTC), 1) == date(2026, 11, 3)


def test_a_run_takes_the_day_before_its_date():
    assert paths.day_of(None, datetime(2026, 11, 8, 3, tzinfo=UTC), 1) == DAY


def test_without_any_date_it_says_so():
    with pytest.raises(SettingsError, match="the run has no date"):
        paths.day_of(None, None, 1)
    with pytest.raises(SettingsError, match="YYYY-MM-DD"):
        paths.day_of("yesterday", None, 1)


def test_people_open_reports_at_an_address():
    settings = Settings("/made", "/r", (), reports="https://reports.example/")
    assert paths.address(settings, "/made/shop/report.html") == "https://reports.example/shop/report.html"
    assert paths.address(Settings("/made", "/r", ()), "/made/a b.html") == "file:///made/a%20b.html"
    assert paths.address(Settings("s3a://w", "/r", ()), "s3a://w/x.html") == "s3a://w/x.html"
