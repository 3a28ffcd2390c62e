"""``python -m hindcast_airflow.example FOLDER``: a log in daily pieces, a config and a file of pipelines, ready to be scheduled.

The log is the bundled one of simulated intensive care, its episodes dealt out to seven days.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

FIRST_DAY = date(2026, 11, 1)
DAYS = 7
EPISODES_A_DAY = 1000

_CONFIG = """\
# Simulated intensive care, one day at a time (see hindcast's examples/icu-sepsis). Small enough to be scheduled on a laptop.
name: sepsis
discount: 1.0

ingest:
  source: {{format: parquet, path: logs}}
  join:
    - {{path: {states}, key: state, columns: [features, admissible_actions, sofa_score]}}
  episode: {{id: episode_id, step: step}}
  observation: {{numeric: [features, sofa_score], categorical: [state]}}
  action: {{discrete: action, size: 25, mask: admissible_actions}}
  reward: reward
  terminated: terminal
  propensity: {{probability: behavior_probability}}
  checks:
    action-outside-mask: {{treat: keep}}

train:
  seeds: 2
  hidden: [32]
  algorithms:
    - {{name: behavior-cloning, learning-rate: 0.001, updates: 300}}

evaluate:
  policies: [logged]
  incumbent: logged
  # A clone is not better than whom it was cloned from; here it is enough that it does its job.
  promote-if: {{lower-bound-above: 0.4, effective-sample-size: 30, max-weight-share: 0.2}}
"""

_PIPELINES = """\
work: {folder}/work
registry: {folder}/registry
engine: {{kind: launcher, command: {command}}}
pipelines:
  sepsis:
    config: {folder}/pipeline.yaml
    source: "{folder}/logs/day={{day}}"
    day: {last}
"""


def write(folder: Path, world: Path, command: str) -> Path:
    """Writes all of it and gives the file of pipelines.

    :param world: the folder ``examples/icu-sepsis``
    :param command: the launcher
    """
    folder = folder.absolute()
    log = pq.read_table(world / "log_mixed_20k.parquet")
    for number in range(DAYS):
        first = number * EPISODES_A_DAY
        rows = pc.and_(pc.greater_equal(log["episode_id"], first), pc.less(log["episode_id"], first + EPISODES_A_DAY))
        piece = folder / "logs" / f"day={FIRST_DAY + timedelta(days=number)}"
        piece.mkdir(parents=True, exist_ok=True)
        pq.write_table(log.filter(rows), piece / "log.parquet")
    (folder / "pipeline.yaml").write_text(_CONFIG.format(states=(world / "states.parquet").absolute()), encoding="utf-8")
    pipelines = folder / "hindcast-pipelines.yaml"
    last = FIRST_DAY + timedelta(days=DAYS - 1)
    pipelines.write_text(_PIPELINES.format(folder=folder, command=command, last=last), encoding="utf-8")
    return pipelines


def main() -> None:
    """From the command line."""
    words = argparse.ArgumentParser(prog="python -m hindcast_airflow.example", description="Writes an example to be scheduled.")
    words.add_argument("folder", type=Path, help="where it goes")
    words.add_argument("--world", type=Path, required=True, help="the folder examples/icu-sepsis of Hindcast")
    words.add_argument("--command", default="hindcast", help="the launcher (default: hindcast, on the PATH)")
    given = words.parse_args()
    print(f"export HINDCAST_PIPELINES={write(given.folder, given.world, given.command)}")


if __name__ == "__main__":
    main()
