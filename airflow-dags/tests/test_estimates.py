"""Running estimates and alarms."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from hindcast_airflow import estimates

NOON = datetime(2026, 11, 7, 12, tzinfo=UTC)


def window(to, policy="shop", **so_far):
    return json.dumps({"from": "2026-11-07T11:00:00Z", "to": to, "policy": policy, "so_far": so_far})


def alarm(time, state, policy="shop", alarm="below-gate"):
    return json.dumps({"time": time, "alarm": alarm, "policy": policy, "state": state, "words": "It is below its gate."})


ESTIMATES = [
    window("2026-11-07T11:50:00Z", estimate=0.7, lower=0.6, upper=0.8),
    window("2026-11-07T11:40:00Z", estimate=0.1, lower=0.0, upper=0.2),
    window("2026-11-07T11:50:00Z", "logged"),
]


def test_the_latest_window_of_each_policy_counts_in_whatever_order():
    seen = estimates.picture(ESTIMATES, [])
    assert seen.until == NOON - timedelta(minutes=10)
    assert seen.worth == {"logged": {}, "shop": {"estimate": 0.7, "lower": 0.6, "upper": 0.8}}
    assert seen.words.splitlines() == [
        "Estimates until 2026-11-07T11:50:00+00:00.",
        "- logged: no estimate",
        "- shop: 0.7000, between 0.6000 and 0.8000",
    ]
    assert estimates.complaints(NOON, timedelta(hours=1), seen) == []


def test_an_alarm_stands_until_it_is_cleared():
    raised, cleared = alarm("2026-11-07T11:00:00Z", "raised"), alarm("2026-11-07T11:30:00Z", "cleared")
    assert estimates.picture(ESTIMATES, [raised]).alarms == ("below-gate (shop): It is below its gate.",)
    assert estimates.picture(ESTIMATES, [cleared, raised]).alarms == ()
    again = alarm("2026-11-07T11:40:00Z", "raised")
    assert len(estimates.picture(ESTIMATES, [again, cleared, raised]).alarms) == 1
    other = alarm("2026-11-07T11:40:00Z", "cleared", policy="logged")
    assert len(estimates.picture(ESTIMATES, [raised, other]).alarms) == 1


def test_estimates_that_stop_coming_are_a_complaint():
    seen = estimates.picture(ESTIMATES, [])
    (complaint,) = estimates.complaints(NOON, timedelta(minutes=5), seen)
    assert "2026-11-07T11:50:00+00:00, longer ago than 0:05:00" in complaint
    assert estimates.complaints(NOON, timedelta(minutes=5), estimates.picture([], [])) == ["There are no estimates yet."]


@pytest.mark.parametrize("line", ["{", "7", "{}", '{"to": "2026-11-07", "policy": 3}', '{"to": "soon", "policy": "shop"}'])
def test_damaged_lines_are_not_passed_over(line):
    with pytest.raises(estimates.DamagedError):
        estimates.picture([line], [])
