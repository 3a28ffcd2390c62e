"""Reports of every kind of badness: the gate stays shut."""

import hashlib
import json
import math
from copy import deepcopy

import pytest

from hindcast_airflow import gates

DATASET = b'{"kind": "dataset"}'
BUNDLES = {"iql-seed0": b'{"name": "iql-seed0"}', "iql-seed1": b'{"name": "iql-seed1"}'}


def fingerprint(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def policy(name, lower):
    figures = {"effective_sample_size": 500.0, "max_weight_share": 0.01}
    estimate = {"estimator": "snpdis", "value": lower + 0.05, "lower": lower, "upper": lower + 0.1, "primary": True, **figures}
    return {
        "name": name,
        "kind": "bundle",
        "fingerprint": fingerprint(BUNDLES[name]),
        "estimates": [{**estimate, "primary": False}, estimate],
        "diagnostics": {**figures, "unsupported_mass": 0.01},
        "difference_to_incumbent": {"value": 0.1, "lower": 0.02, "upper": 0.2},
        "verdict": {"decision": "promote", "reasons": [{"code": "better-than-incumbent", "words": "It is better."}]},
    }


def good():
    return {
        "spec_version": 1,
        "kind": "report",
        "dataset": {"fingerprint": fingerprint(DATASET)},
        "policies": [
            {"name": "logged", "kind": "logged", "verdict": {"decision": "hold", "reasons": []}},
            policy("iql-seed0", 0.6),
            policy("iql-seed1", 0.7),
        ],
        "provenance": {
            "config": {
                "promote_if": {
                    "lower_bound_above": "incumbent",
                    "effective_sample_size": 100.0,
                    "max_weight_share": 0.1,
                    "unsupported_mass": 0.05,
                }
            }
        },
    }


def judged(document, candidate="", **files):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    manifest = json.dumps({"files": [{"path": "report.json", "sha256": fingerprint(content)}]}).encode()
    given = {"report": content, "report_manifest": manifest, "dataset_manifest": DATASET, "bundle_manifests": BUNDLES, **files}
    return gates.judge(**given, candidate=candidate)


def shut(document, words, **more):
    ruling = judged(document, **more)
    assert not ruling.opens
    assert words in " ".join(ruling.reasons)
    return ruling


def spoiled(change):
    report = good()
    for one in report["policies"][1:]:
        change(one)
    return report


def test_a_sound_report_opens_it_for_the_highest_lower_bound():
    ruling = judged(good())
    assert ruling.opens
    assert ruling.policy == "iql-seed1"
    assert ruling.figures == pytest.approx({"value": 0.75, "lower": 0.7, "upper": 0.8})
    assert ruling.words == "Promote iql-seed1. Worth 0.7500, interval 0.7000 to 0.8000.\n- It is better."


def test_a_candidate_is_the_only_one_to_pass():
    assert judged(good(), candidate="iql-seed0").policy == "iql-seed0"
    shut(good(), "The report judges no bundle called other.", candidate="other")


def test_one_that_may_pass_comes_before_a_better_one_that_may_not():
    report = good()
    report["policies"][2]["verdict"]["decision"] = "hold"
    ruling = judged(report)
    assert ruling.opens
    assert ruling.policy == "iql-seed0"


def test_missing_and_empty():
    shut(good(), "There is no finished report.", report=None)
    shut(good(), "There is no finished report.", report_manifest=None)
    shut(b"", "Cannot read the report:")
    shut(b"[]", "it is no JSON object")
    shut(b"{}", "This is no report of version 1")
    shut(b"\xff\xfe", "Cannot read the report:")
    shut(b"[" * 100_000, "Cannot read the report")


def test_altered_after_it_was_published():
    altered = json.dumps(good()).encode() + b" "
    manifest = json.dumps({"files": [{"path": "report.json", "sha256": fingerprint(altered[:-1])}]}).encode()
    shut(altered, "altered", report_manifest=manifest)
    shut(good(), "Cannot read the report's manifest", report_manifest=b"{")
    shut(good(), "nothing of its files", report_manifest=b"{}")
    shut(good(), "altered", report_manifest=b'{"files": []}')


@pytest.mark.parametrize("change", [{"spec_version": 2}, {"spec_version": "1"}, {"spec_version": None}, {"kind": "dataset"}])
def test_wrong_version(change):
    shut({**good(), **change}, "This is no report of version 1")


def test_made_on_another_dataset():
    shut(good(), "another dataset", dataset_manifest=b"older")
    shut(good(), "another dataset", dataset_manifest=None)
    shut({**good(), "dataset": None}, "nothing of its dataset")


def test_other_weights():
    shut(good(), "other weights", bundle_manifests={})
    shut(good(), "other weights", bundle_manifests=dict.fromkeys(BUNDLES, b"retrained"))
    shut(spoiled(lambda one: one.pop("fingerprint")), "other weights")


@pytest.mark.parametrize("decision", ["hold", "not-evaluable", None, "PROMOTE", ["promote"]])
def test_a_verdict_other_than_promote(decision):
    ruling = shut(spoiled(lambda one: one["verdict"].update(decision=decision)), "The verdict is")
    assert ruling.reasons[1] == "It is better."


@pytest.mark.parametrize("key", ["policies", "provenance"])
@pytest.mark.parametrize("value", [None, 7, "x"])
def test_sections_that_are_not_there(key, value):
    assert not judged({**good(), key: value}).opens


@pytest.mark.parametrize("key", ["estimates", "diagnostics", "difference_to_incumbent", "verdict"])
@pytest.mark.parametrize("value", [None, 7, [], {}])
def test_parts_of_a_policy_that_are_not_there(key, value):
    assert not judged(spoiled(lambda one: one.update({key: value}))).opens


BAD_NUMBERS = [None, "0.7", True, math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("key", ["value", "lower", "upper", "effective_sample_size", "max_weight_share"])
@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_figures_of_the_estimate_that_are_no_finite_numbers(key, bad):
    assert not judged(spoiled(lambda one: one["estimates"][1].update({key: bad}))).opens


@pytest.mark.parametrize("key", ["effective_sample_size", "max_weight_share", "unsupported_mass"])
@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_figures_of_the_diagnostics_that_are_no_finite_numbers(key, bad):
    assert not judged(spoiled(lambda one: one["diagnostics"].update({key: bad}))).opens


def test_a_number_too_large_for_a_double():
    text = json.dumps(good()).replace("0.75", "1e999")
    assert not judged(text.encode()).opens or "iql-seed0" in judged(text.encode()).policy
    shut(json.dumps(spoiled(lambda one: one["estimates"][1].update(value=12345.5))).replace("12345.5", "1e999").encode(), "finite")


def test_an_estimate_outside_of_its_interval():
    shut(spoiled(lambda one: one["estimates"][1].update(value=2.0)), "outside of its own interval")


def test_two_primary_estimates():
    shut(spoiled(lambda one: one["estimates"][0].update(primary=True)), "2 primary estimates")


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("diagnostics", {"unsupported_mass": 0.4}, "40.0% of what it does was never logged"),
        ("diagnostics", {"unsupported_mass": -0.1}, "never logged"),
        ("diagnostics", {"effective_sample_size": 12.0}, "12.0 effective episodes are too few"),
        ("diagnostics", {"max_weight_share": 0.9}, "one episode dominates"),
        ("difference_to_incumbent", {"lower": -0.01}, "not better than the incumbent"),
    ],
)
def test_a_positive_bound_with_bad_support(part, change, words):
    shut(spoiled(lambda one: one[part].update(change)), words)


def test_a_bound_that_is_a_number():
    report = good()
    report["provenance"]["config"]["promote_if"]["lower_bound_above"] = 0.65
    assert judged(report).policy == "iql-seed1"
    shut(report, "not above the one asked for", candidate="iql-seed0")
    report["provenance"]["config"]["promote_if"]["lower_bound_above"] = None
    shut(report, "lower_bound_above is missing")


def test_no_single_line_can_be_left_out():
    """Whatever key is taken out of a sound report, it either opens for the same reasons or not at all, and never raises."""
    needless = {"reasons", "name", "estimator", "code", "words", "upper"}

    def without(node, path=()):
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in items:
            yield (*path, key)
            yield from without(value, (*path, key))

    for path in list(without(good())):
        report = deepcopy(good())
        report["policies"] = report["policies"][1:2] if path[0] != "policies" else report["policies"]
        node = report
        try:
            for step in path[:-1]:
                node = node[step]
            del node[path[-1]]
        except (KeyError, IndexError):
            continue
        ruling = judged(report)
        assert not ruling.opens or path[0] == "policies" or path[-1] in needless, path
