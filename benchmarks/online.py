"""Trees that learn while they live: returns in CartPole and Acrobot, and updates per second beside NVlabs' gbrl.

    python online.py --out results/online.md

Settings are those of the method's authors (`OnlineTask`). Speeds are per second of processor time on one core: both programs begin without trees and make
the same number of updates from steps of the same shape, and take turns. Hindcast is the build in `target/`: run `./mvnw package -DskipTests` first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path

from run import HERE, java
from speed import Program

UPDATES = {"cartpole": 1600, "acrobot": 800}

RETURNS = """\
| world | seed | solved | steps | return of the mode (s.e.) | return of draws (s.e.) | steps/s | updates/s | rounds at the end | made smaller | change of return by that (s.e.) | time for it |
|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def returns(given: argparse.Namespace) -> str:
    seeds = [str(seed) for seed in range(given.seeds)]
    return RETURNS + "".join(java("OnlineMain", task, str(given.steps), *seeds) for task in given.tasks)


def speeds(given: argparse.Namespace) -> str:
    built = HERE / "target"
    program = str(Path(os.environ["JAVA_HOME"], "bin", "java")) if "JAVA_HOME" in os.environ else "java"
    engines = HERE.parent / "cli" / "target" / "launcher" / "classpath.engines"
    class_path = f"{built / 'classes'}:{(built / 'classpath').read_text()}:{engines.read_text()}"
    ours = Program("Hindcast", [program, "-Xmx2g", "-cp", class_path, "dev.hindcast.benchmarks.OnlineSpeedMain"], 1)
    peer = Program("gbrl", [sys.executable, str(HERE / "peers" / "gbrl_timed.py")], 1)
    lines = ["| world | updates | Hindcast, updates/s | gbrl, updates/s | ratio |", "|---|---:|---:|---:|---:|"]
    try:
        for task in given.tasks:
            updates = UPDATES[task]
            ours.seconds(task, updates)  # compiles
            rounds = [(updates / ours.seconds(task, updates), updates / peer.seconds(task, updates)) for _ in range(given.rounds)]
            cells = [f"{statistics.median(figures):.0f} ({min(figures):.0f}-{max(figures):.0f})" for figures in zip(*rounds)]
            lines.append(f"| {task} | {updates} | {cells[0]} | {cells[1]} | {statistics.median(a / b for a, b in rounds):.1f} |")
    finally:
        ours.close()
        peer.close()
    return "\n".join(lines) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tasks", nargs="+", default=list(UPDATES), choices=UPDATES)
    arguments.add_argument("--steps", type=int, default=1_000_000, help="at most")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--rounds", type=int, default=3, help="of the speeds")
    arguments.add_argument("--only", choices=["returns", "speeds"])
    arguments.add_argument("--out", type=Path, required=True, help="a Markdown file")
    given = arguments.parse_args()
    parts = [part(given) for name, part in {"speeds": speeds, "returns": returns}.items() if given.only in (None, name)]
    text = "\n".join(parts)
    print(text)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(text)


if __name__ == "__main__":
    main()
