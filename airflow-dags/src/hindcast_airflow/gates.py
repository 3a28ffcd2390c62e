"""Whether a report says that a bundle may come into force.

The registry asks again, and more; this gate saves the attempt and says why in the task's note. It fails closed:
whatever is missing, is no finite number, or does not fit the artefacts it speaks of, keeps it shut.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REPORT_VERSION = 1


@dataclass(frozen=True)
class Ruling:
    """What the gate decided.

    :param opens: whether to promote
    :param policy: the bundle it is about, by name; empty when there is none
    :param reasons: why, the weightiest first
    :param figures: ``value``, ``lower``, ``upper`` of its primary estimate, as far as they are known
    """

    opens: bool
    policy: str
    reasons: tuple[str, ...]
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """For people, in a few lines."""
        head = f"Promote {self.policy}." if self.opens else "Not promoted" + (f": {self.policy}." if self.policy else ".")
        if self.figures:
            head += " Worth {value:.4f}, interval {lower:.4f} to {upper:.4f}.".format(**self.figures)
        return "\n".join([head, *(f"- {reason}" for reason in self.reasons)])


class _ShutError(Exception):
    """A reason to keep the gate shut."""


def judge(
    report: bytes | None,
    report_manifest: bytes | None,
    dataset_manifest: bytes | None,
    bundle_manifests: Mapping[str, bytes],
    candidate: str = "",
) -> Ruling:
    """Decides from the files of one run.

    :param report: ``report.json``, or none where there is no such file; manifests likewise
    :param bundle_manifests: the ``manifest.json`` of every bundle of the run, by the name of its folder
    :param candidate: the only bundle that may pass; empty for the one with the highest lower bound among those that do
    """
    try:
        document = _verified(report, report_manifest)
        dataset = _object(document, "dataset")
        if dataset_manifest is None or dataset.get("fingerprint") != _fingerprint(dataset_manifest):
            raise _ShutError("The report was made on another dataset than this run's.")
        policies = [p for p in _list(document, "policies") if isinstance(p, dict) and p.get("kind") == "bundle"]
        if candidate:
            policies = [p for p in policies if p.get("name") == candidate]
        if not policies:
            raise _ShutError(f"The report judges no bundle called {candidate}." if candidate else "The report judges no bundle.")
        rulings = [_on(policy, document, bundle_manifests) for policy in policies]
    except _ShutError as e:
        return Ruling(False, candidate, (str(e),))
    return max(rulings, key=lambda ruling: (ruling.opens, ruling.figures.get("lower", -math.inf)))


def _verified(report: bytes | None, manifest: bytes | None) -> dict[str, Any]:
    if report is None or manifest is None:
        raise _ShutError("There is no finished report.")
    files = _list(_parsed("the report's manifest", manifest), "files")
    listed = next((f for f in files if isinstance(f, dict) and f.get("path") == "report.json"), {})
    if listed.get("sha256") != _fingerprint(report):
        raise _ShutError("The report was altered after it was published.")
    document = _parsed("the report", report)
    if document.get("spec_version") != REPORT_VERSION or document.get("kind") != "report":
        raise _ShutError(f"This is no report of version {REPORT_VERSION}: it says {document.get('kind')} {document.get('spec_version')}.")
    return document


def _on(policy: dict[str, Any], document: dict[str, Any], manifests: Mapping[str, bytes]) -> Ruling:
    name = str(policy.get("name"))
    figures: dict[str, float] = {}
    try:
        primary = [e for e in _list(policy, "estimates") if isinstance(e, dict) and e.get("primary") is True]
        if len(primary) != 1:
            raise _ShutError(f"It has {len(primary)} primary estimates, not one.")
        known = {key: _number(primary[0], key) for key in ("value", "lower", "upper")}
        if not known["lower"] <= known["value"] <= known["upper"]:
            raise _ShutError("Its estimate lies outside of its own interval.")
        figures = known
        if name not in manifests or policy.get("fingerprint") != _fingerprint(manifests[name]):
            raise _ShutError("The report judges other weights than this run's bundle of that name has.")
        verdict = _object(policy, "verdict")
        words = tuple(str(_object({"reason": r}, "reason").get("words")) for r in _list(verdict, "reasons"))
        if verdict.get("decision") != "promote":
            return Ruling(False, name, (f"The verdict is {verdict.get('decision')}.", *words), figures)
        _support(policy, primary[0], document)
    except _ShutError as e:
        return Ruling(False, name, (str(e),), figures)
    return Ruling(True, name, words, figures)


def _support(policy: dict[str, Any], primary: dict[str, Any], document: dict[str, Any]) -> None:
    """A verdict of ``promote`` has to fit the report's own conditions."""
    conditions = _object(_object(_object(document, "provenance"), "config"), "promote_if")
    diagnostics = _object(policy, "diagnostics")
    for figures in (primary, diagnostics):
        episodes = _number(figures, "effective_sample_size")
        if episodes < _number(conditions, "effective_sample_size"):
            raise _ShutError(f"The verdict does not fit the figures: {episodes:.1f} effective episodes are too few.")
        if _number(figures, "max_weight_share") > _number(conditions, "max_weight_share"):
            raise _ShutError("The verdict does not fit the figures: one episode dominates.")
    unsupported = _number(diagnostics, "unsupported_mass")
    if not 0 <= unsupported <= _number(conditions, "unsupported_mass"):
        raise _ShutError(f"The verdict does not fit the figures: {unsupported:.1%} of what it does was never logged.")
    difference = _object(policy, "difference_to_incumbent")
    bound = conditions.get("lower_bound_above")
    if bound == "incumbent":
        if _number(difference, "lower") <= 0:
            raise _ShutError("The verdict does not fit the figures: it is not better than the incumbent.")
    elif _number(primary, "lower") <= _number(conditions, "lower_bound_above"):
        raise _ShutError("The verdict does not fit the figures: its lower bound is not above the one asked for.")


def _parsed(what: str, content: bytes) -> dict[str, Any]:
    def refused(constant: str) -> float:
        raise ValueError(f"{constant} is no number")

    try:
        document = json.loads(content, parse_constant=refused)
    except (ValueError, RecursionError) as e:
        raise _ShutError(f"Cannot read {what}: {e}.") from e
    if not isinstance(document, dict):
        raise _ShutError(f"Cannot read {what}: it is no JSON object.")
    return document


def _object(within: dict[str, Any], key: str) -> dict[str, Any]:
    value = within.get(key)
    if not isinstance(value, dict):
        raise _ShutError(f"The report says nothing of its {key}.")
    return value


def _list(within: dict[str, Any], key: str) -> list[Any]:
    value = within.get(key)
    if not isinstance(value, list):
        raise _ShutError(f"The report says nothing of its {key}.")
    return value


def _number(within: dict[str, Any], key: str) -> float:
    value = within.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _ShutError(f"The figure {key} is missing or no finite number.")
    return float(value)


def _fingerprint(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
