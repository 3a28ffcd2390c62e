"""What the running estimates of a stream say to those who do not look at them: ``docs/spec/estimates.md``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Picture:
    """How the policies of a stream are.

    :param until: the end of the newest window; none when there is no window yet
    :param worth: for each policy, what it was worth so far, with its bounds
    :param alarms: in words, one for each alarm that is raised and not cleared
    """

    until: datetime | None
    worth: dict[str, dict[str, float]]
    alarms: tuple[str, ...]

    @property
    def words(self) -> str:
        """For people, in a few lines."""
        head = "No estimates yet." if self.until is None else f"Estimates until {self.until.isoformat()}."
        lines = [
            f"- {policy}: "
            + (f"{figures['estimate']:.4f}" if "estimate" in figures else "no estimate")
            + (f", between {figures['lower']:.4f} and {figures['upper']:.4f}" if {"lower", "upper"} <= set(figures) else "")
            for policy, figures in self.worth.items()
        ]
        return "\n".join([head, *(f"**{alarm}**" for alarm in self.alarms), *lines])


class DamagedError(Exception):
    """A line that is no record of estimates or alarms."""


def picture(estimates: Iterable[str], alarms: Iterable[str]) -> Picture:
    """Puts the lines of both folders together. Lines may come in any order; of each policy and alarm the latest counts."""
    latest: dict[str, dict[str, Any]] = {}
    for line in _records(estimates, "estimates", ("to", "policy")):
        if line["policy"] not in latest or _time(line["to"]) >= _time(latest[line["policy"]]["to"]):
            latest[line["policy"]] = line
    raised: dict[tuple[str, str], dict[str, Any]] = {}
    for line in sorted(_records(alarms, "alarms", ("time", "alarm", "policy", "state")), key=lambda each: _time(each["time"])):
        raised[line["alarm"], line["policy"]] = line
    standing = [line for line in raised.values() if line["state"] != "cleared"]
    return Picture(
        until=max((_time(line["to"]) for line in latest.values()), default=None),
        worth={policy: _figures(line.get("so_far")) for policy, line in sorted(latest.items())},
        alarms=tuple(f"{line['alarm']} ({line['policy']}): {line.get('words', '')}".rstrip(": ") for line in standing),
    )


def complaints(now: datetime, quiet_after: timedelta, seen: Picture) -> list[str]:
    """Everything that somebody should hear of: alarms, and estimates that have stopped coming."""
    found = list(seen.alarms)
    if seen.until is None:
        found.append("There are no estimates yet.")
    elif now - seen.until > quiet_after:
        found.append(f"The newest estimates end at {seen.until.isoformat()}, longer ago than {quiet_after}.")
    return found


def _records(lines: Iterable[str], what: str, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            missing = [key for key in needed if not isinstance(record.get(key), str)]
        except (ValueError, AttributeError) as e:
            raise DamagedError(f"Cannot read line {number} of the {what}: {e}.") from e
        if missing:
            raise DamagedError(f"Cannot use line {number} of the {what}: it lacks {missing[0]}.")
        found.append(record)
    return found


def _figures(so_far: Any) -> dict[str, float]:
    return {k: v for k, v in (so_far or {}).items() if k in ("estimate", "lower", "upper") and isinstance(v, (int, float))}


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as e:
        raise DamagedError(f"Cannot read the time '{text}' among the estimates.") from e
