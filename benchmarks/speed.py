"""Training speed of every algorithm beside PyTorch eager and JAX, all measured in one run.

    python speed.py --out speed.md

Programs take turns, round after round, so that what else the machine does falls on all of them alike; each is confined to as many cores as the
table says. Batches of 256, hidden layers 256 wide and as many as the paper has, observations of 11 and actions of 3 (Hopper's), 100,000 synthetic rows. Figures are
medians over rounds, with the least and the greatest in brackets. Hindcast is the build in `target/`: run `./mvnw package -DskipTests` first.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BACKENDS = ["openblas", "pytorch"]
JAVA_OPTIONS = ["-Xmx2g"]
PYTORCH = "PyTorch eager"


class Program:
    """A child process that trains on demand: it is told a name and a number of updates, and says how many seconds they took."""

    def __init__(self, name: str, command: list[str], cores: int):
        self.name = name
        self.cores = cores
        available = sorted(os.sched_getaffinity(0))
        if len(available) < cores:
            raise SystemExit(f"Cannot measure with {cores} cores: this machine has {len(available)}. Use --cores.")
        environment = os.environ | {"OMP_NUM_THREADS": str(cores), "MKL_NUM_THREADS": str(cores), "OPENBLAS_NUM_THREADS": str(cores)}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            preexec_fn=lambda: os.sched_setaffinity(0, available[:cores]),
        )
        self.algorithms = self._answer().split()

    def seconds(self, algorithm: str, updates: int) -> float:
        self.process.stdin.write(f"{algorithm} {updates}\n")
        self.process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with status {self.process.wait()}; its messages stand above.")
        return line

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def programs(cores: int, peers: bool) -> list[Program]:
    built = HERE / "target"
    if not (built / "classpath").exists():
        raise SystemExit(f"Cannot measure Hindcast: {built / 'classpath'} is not there. Run ./mvnw package -DskipTests first.")
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    class_path = f"{built / 'classes'}:{(built / 'classpath').read_text()}"
    found = [
        Program(f"Hindcast, {backend}", [str(java), *JAVA_OPTIONS, "-cp", class_path, "dev.hindcast.benchmarks.SpeedMain", backend], cores)
        for backend in BACKENDS
    ]
    if peers:
        found.append(Program(PYTORCH, [sys.executable, str(HERE / "peers" / "torch_timed.py"), str(cores)], cores))
        found.append(Program("JAX compiled", [sys.executable, str(HERE / "peers" / "jax_timed.py")], cores))
    return found


@dataclass(frozen=True)
class Work:
    """One algorithm of one program, and how many updates it makes in a round."""

    program: Program
    algorithm: str
    updates: int

    @staticmethod
    def lasting(program: Program, algorithm: str, seconds: float) -> Work:
        """Warmed up, and as many updates as take about so long."""
        few = 10
        program.seconds(algorithm, few)  # The first call compiles, the second may compile again with the types that came out.
        program.seconds(algorithm, few)
        updates = max(few, round(few * seconds / program.seconds(algorithm, few)))
        program.seconds(algorithm, updates)
        return Work(program, algorithm, updates)

    def speed(self) -> float:
        return self.updates / self.program.seconds(self.algorithm, self.updates)


def measure(cores: int, rounds: int, seconds: float, peers: bool, only: list[str]) -> dict[tuple[str, str], list[float]]:
    """Updates per second by program and algorithm, one figure a round."""
    running = programs(cores, peers)
    try:
        offered = list(dict.fromkeys(a for program in running for a in program.algorithms if not only or a in only))
        # One algorithm after the other, so that its programs are measured next to each other.
        work = [Work.lasting(program, a, seconds) for a in offered for program in running if a in program.algorithms]
        speeds = {(one.program.name, one.algorithm): [] for one in work}
        for done in range(rounds):
            for one in work:
                speeds[one.program.name, one.algorithm].append(one.speed())
            print(f"{cores} cores: round {done + 1} of {rounds}", file=sys.stderr)
        return speeds
    finally:
        for program in running:
            program.close()


def table(cores: int, speeds: dict[tuple[str, str], list[float]]) -> str:
    names = list(dict.fromkeys(program for program, _ in speeds))
    ours = [name for name in names if name.startswith("Hindcast")]
    algorithms = list(dict.fromkeys(algorithm for _, algorithm in speeds))
    lines = [
        f"Updates per second on {cores} {'core' if cores == 1 else 'cores'}:",
        "",
        "| algorithm | " + " | ".join(names) + " | best of ours over PyTorch eager |",
        "|---|" + "---:|" * (len(names) + 1),
    ]
    for algorithm in algorithms:
        peer = speeds.get((PYTORCH, algorithm))
        # Round by round: the two were measured next to each other.
        ratios = [statistics.median(a / b for a, b in zip(speeds[name, algorithm], peer, strict=True)) for name in ours if peer and (name, algorithm) in speeds]
        lines.append(
            f"| {algorithm} | " + " | ".join(cell(speeds.get((name, algorithm))) for name in names) + f" | {f'{max(ratios):.2f}' if ratios else ''} |"
        )
    return "\n".join(lines) + "\n"


def cell(speeds: list[float] | None) -> str:
    return "" if speeds is None else f"{statistics.median(speeds):.0f} ({min(speeds):.0f}-{max(speeds):.0f})"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cores", type=int, nargs="+", default=[1], help="measure with each of these numbers of cores")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=2, help="per program, algorithm and round, about")
    arguments.add_argument("--algorithms", nargs="+", default=[], help="only these")
    arguments.add_argument("--without-peers", action="store_true", help="measure Hindcast alone")
    arguments.add_argument("--out", type=Path, help="a Markdown file")
    given = arguments.parse_args()
    parts = [table(cores, measure(cores, given.rounds, given.seconds, not given.without_peers, given.algorithms)) for cores in given.cores]
    text = "\n".join([*parts, f"{platform.machine()}, {os.cpu_count()} cores; rounds: {given.rounds} of about {given.seconds:g} s."]) + "\n"
    print(text)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text)


if __name__ == "__main__":
    main()
