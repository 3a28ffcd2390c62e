"""Time per tree of advantage-weighted trees beside plain XGBoost multi-class boosting of a table of the same size, in one run.

    python tree_speed.py --rows 2000000 --out tree-speed.md

Two programs with one core and one thread each take turns; each turn is a fit from scratch, matrix included. Ours is `TreeSpeedMain`: values and policy, so three turns
are advantage-weighted regression with three outer iterations. The peer is `peers/xgboost_timed.py`, with the XGBoost of `requirements.txt`. Both grow trees of depth 6 on twenty
numbers, for ten actions. Time is that of the processor, which other programs on the machine disturb least; elapsed time stands beside it. Memory is the
peak of the process, its table included. Hindcast is the build in `target/`: run `./mvnw package -DskipTests` first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Turn:
    """What it took to grow so many trees."""

    trees: int
    seconds: float
    processor: float

    @property
    def per_tree(self) -> float:
        return self.processor / self.trees


class Program:
    """A child process on one core that is told a number of rounds and answers with a turn."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        core = min(os.sched_getaffinity(0))
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
        self.turns: list[Turn] = []
        self._answer()

    def take_turn(self, rounds: int) -> None:
        self.process.stdin.write(f"{rounds}\n")
        self.process.stdin.flush()
        trees, seconds, processor = self._answer().split()
        self.turns.append(Turn(int(trees), float(seconds), float(processor)))
        print(f"{self.name}: {self.turns[-1]}", file=sys.stderr)

    def peak_gigabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e6

    def _answer(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with status {self.process.wait()}; its messages stand above.")
        return line

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def programs(rows: int, memory: str) -> list[Program]:
    built = HERE / "target"
    engines = HERE.parent / "cli" / "target" / "launcher" / "classpath.engines"
    for needed in [built / "classpath", engines]:
        if not needed.exists():
            raise SystemExit(f"Cannot measure Hindcast: {needed} is not there. Run ./mvnw package -DskipTests first.")
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    class_path = f"{built / 'classes'}:{(built / 'classpath').read_text()}:{engines.read_text()}"
    return [
        Program("Hindcast", [str(java), f"-Xmx{memory}", "-cp", class_path, "dev.hindcast.benchmarks.TreeSpeedMain", str(rows)]),
        Program("XGBoost", [sys.executable, str(HERE / "peers" / "xgboost_timed.py"), str(rows)]),
    ]


def table(rows: int, rounds: int, running: list[Program]) -> str:
    ours, peer = running
    lines = [
        "| program | trees | processor seconds | elapsed seconds | million rows a second, times trees | processor seconds per tree | peak memory, GB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for program in running:
        trees = sum(turn.trees for turn in program.turns)
        processor = sum(turn.processor for turn in program.turns)
        elapsed = sum(turn.seconds for turn in program.turns)
        lines.append(
            f"| {program.name} | {trees} | {processor:.1f} | {elapsed:.1f} | {rows * trees / processor / 1e6:.2f} | {processor / trees:.3f} | {program.peak_gigabytes():.2f} |"
        )
    ratios = [a.per_tree / b.per_tree for a, b in zip(ours.turns, peer.turns, strict=True)]
    lines += [
        "",
        f"Time per tree against XGBoost, turn by turn: {', '.join(f'{ratio:.2f}' for ratio in ratios)}; median {statistics.median(ratios):.2f}."
        f" {rows:,} rows, {rounds} rounds a turn, depth 6, one core.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=2_000_000)
    arguments.add_argument("--rounds", type=int, default=10, help="of values, of the policy, and of the peer, in every turn")
    arguments.add_argument("--turns", type=int, default=3)
    arguments.add_argument("--memory", default="3g", help="of our Java heap")
    arguments.add_argument("--out", type=Path, help="a Markdown file")
    given = arguments.parse_args()
    running = programs(given.rows, given.memory)
    try:
        for _ in range(given.turns):
            for program in running:
                program.take_turn(given.rounds)
        text = table(given.rows, given.rounds, running)
    finally:
        for program in running:
            program.close()
    print(text)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text)


if __name__ == "__main__":
    main()
