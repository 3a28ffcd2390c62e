"""From the logs to a table, one command each:

    python run.py hopper         --data FOLDER --out FOLDER
    python run.py imitation      --data FOLDER --out FOLDER
    python run.py demonstrations --data FOLDER --out FOLDER
    python run.py pendulum       --data FOLDER --out FOLDER
    python run.py icu-sepsis     --out FOLDER
    python run.py cartpole       --out FOLDER        (or acrobot, key-door, offers)
    python run.py key-door       --out FOLDER --episodes 300 --config short.yaml trees.yaml --logs 2 3 4 5 6 -- --set train.seeds=1

FOLDER of --data holds the Parquet logs; the last three need none. Each command makes the datasets, trains with the configs beside this file, and scores what came out: in the
simulator, or exactly. What is finished is not done again, and interrupted training goes on from its checkpoints. Options after `--` go to
`hindcast train`: `-- --set train.updates=100000 --set train.seeds=4`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Part:
    """All of a Parquet log, or its first so many episodes; perhaps as demonstrations."""

    file: str
    episodes: int | None = None
    demonstration: bool = False


MEDIUM, EXPERT, RANDOM = (Part(f"hopper_{kind}.parquet") for kind in ("medium", "expert", "random"))


def expert_episodes(count: int) -> Part:
    return Part("hopper_expert.parquet", count, demonstration=True)


@dataclass(frozen=True)
class Log:
    """What to train on, and with which config."""

    parts: list[Part]
    config: str


@dataclass(frozen=True)
class Task:
    """One table: which logs by name, which simulator, what others are compared with (an algorithm, perhaps on one log)."""

    environment: str
    logs: dict[str, Log]
    yardstick: str = "behavior-cloning"


OFFLINE, CLONING, IMITATION, DEMONSTRATIONS = (f"{name}.yaml" for name in ("offline", "cloning", "imitation", "demonstrations"))

TASKS = {
    "hopper": Task(
        "hopper",
        {
            "medium": Log([MEDIUM], OFFLINE),
            "medium-expert": Log([MEDIUM, EXPERT], OFFLINE),
            "random-medium": Log([RANDOM, MEDIUM], OFFLINE),
            "random-expert": Log([RANDOM, EXPERT], OFFLINE),
        },
    ),
    "imitation": Task(
        "hopper",
        {
            "1-expert-episode": Log([expert_episodes(1)], CLONING),
            "1-expert-episode-among-others": Log([expert_episodes(1), MEDIUM, RANDOM], IMITATION),
            "10-expert-episodes": Log([expert_episodes(10)], CLONING),
            "10-expert-episodes-among-others": Log([expert_episodes(10), MEDIUM, RANDOM], IMITATION),
        },
        yardstick="1-expert-episode/behavior-cloning",
    ),
    "demonstrations": Task(
        "hopper",
        {
            "20-expert-episodes": Log([expert_episodes(20)], CLONING),
            "20-expert-episodes-among-medium": Log([expert_episodes(20), MEDIUM], DEMONSTRATIONS),
            # where nothing is known to be better than the rest, every step counts as a demonstration
            "medium": Log([replace(MEDIUM, demonstration=True)], DEMONSTRATIONS),
        },
        yardstick="20-expert-episodes/behavior-cloning",
    ),
    "pendulum": Task("pendulum", {"replay": Log([Part("pendulum_replay.parquet")], OFFLINE)}),
}

OBSERVATIONS = {
    "both": "{numeric: [features, sofa_score], categorical: [state]}",
    "state": "{categorical: [state]}",
    "numbers": "{numeric: [features]}",
}

# Worlds of our own, which make their logs themselves and know what policies earn.
WORLDS = ["cartpole", "acrobot", "key-door", "offers"]


def mixture(data: Path, parts: list[Part]) -> arrow.Table:
    """One log of several, episodes numbered anew, with a column that says which are demonstrations."""
    tables, first = [], 0
    for part in parts:
        log = parquet.read_table(data / part.file)
        if part.episodes is not None:
            log = log.filter(compute.less(log["episode_id"], part.episodes))
        shifted = compute.add(compute.cast(log["episode_id"], arrow.int64()), first)
        first = compute.max(shifted).as_py() + 1
        log = log.set_column(log.column_names.index("episode_id"), "episode_id", shifted)
        tables.append(log.append_column("demonstration", arrow.array(np.full(log.num_rows, part.demonstration))))
    return arrow.concat_tables(tables)


def hindcast(*words: str) -> None:
    command = [str(HERE.parent / "hindcast"), *words]
    print("$", *command, file=sys.stderr)
    status = subprocess.run(command, check=False).returncode
    if status:
        raise SystemExit(status)


def train(configs: Path, chosen: list[str], log: Path | None, out: Path, options: list[str], ingest: tuple[str, ...] = ()) -> Path:
    """Dataset and bundles in `out`; the folder of the bundles."""
    dataset, bundles = out / "dataset", out / "bundles"
    if not (dataset / "manifest.json").exists():
        place = [] if log is None else ["--set", f"ingest.source.path={log}"]
        hindcast("ingest", "--config", str(configs / "log.yaml"), "--output", str(dataset), *place, *ingest)
    for config in chosen:
        hindcast("train", "--config", str(configs / config), "--dataset", str(dataset), "--output", str(bundles), *options)
    return bundles


def score(script: str, *words: str) -> None:
    subprocess.run([sys.executable, str(HERE / script), *words], check=True)


def java(main: str, *words: str) -> str:
    """What a main class of this module prints. The launcher's class path has what Spark brings."""
    engines = HERE.parent / "cli" / "target" / "launcher" / "classpath.engines"
    built = HERE / "target"
    for needed in [built / "classpath", engines]:
        if not needed.exists():
            raise SystemExit(f"Cannot start {main}: {needed} is not there. Run ./mvnw package -DskipTests first.")
    program = str(Path(os.environ["JAVA_HOME"], "bin", "java")) if "JAVA_HOME" in os.environ else "java"
    class_path = f"{built / 'classes'}:{(built / 'classpath').read_text()}:{engines.read_text()}"
    command = [program, "-Xmx3g", "-cp", class_path, f"dev.hindcast.benchmarks.{main}", *words]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def world(given: argparse.Namespace, options: list[str]) -> None:
    bundles = []
    for seed in given.logs:
        folder = given.out if len(given.logs) == 1 else given.out / f"log-{seed}"
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "log.parquet"
        if not log.exists():
            java("WorldLogMain", given.task, str(log), str(seed), *([] if given.episodes is None else [str(given.episodes)]))
        bundles.append(train(HERE / given.task, given.config, log, folder, options))
    text = java("WorldScoreMain", given.task, given.yardstick, *map(str, bundles))
    print(text)
    (given.out / f"{given.task}.md").write_text(text)


def simulated(task: Task, given: argparse.Namespace, options: list[str]) -> None:
    runs = []
    for name, log in task.logs.items():
        if given.only and name not in given.only:
            continue
        folder = given.out / name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "log.parquet"
        if not file.exists():
            parquet.write_table(mixture(given.data, log.parts), file)
        runs.append(train(HERE / task.environment, [log.config], file, folder, options))
    if not runs:
        raise SystemExit(f"Nothing to do: --only must name some of {', '.join(task.logs)}.")
    score("score_policies.py", "--environment", task.environment, "--yardstick", task.yardstick, "--out", str(given.out / f"{given.task}.md"), *map(str, runs))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("task", choices=[*TASKS, "icu-sepsis", *WORLDS])
    arguments.add_argument("--data", type=Path, help="the folder of the Parquet logs")
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--only", nargs="+", default=[], help="only these mixtures")
    arguments.add_argument("--config", nargs="+", default=[OFFLINE], help="in a world and on ICU-Sepsis: training configs in its folder, or paths of others")
    arguments.add_argument("--episodes", type=int, help="in a world: how many its log has, instead of some 100,000 steps")
    arguments.add_argument("--logs", nargs="+", type=int, default=[1], metavar="SEED", help="in a world: several logs, each drawn and trained on alone; the table shows their mean")
    arguments.add_argument("--observation", choices=OBSERVATIONS, default="both", help="on ICU-Sepsis: the state's number, the numbers of its cluster's center, or both")
    arguments.add_argument("--yardstick", default="behavior-cloning", help="in a world: the algorithm that others are compared with")
    words = sys.argv[1:]
    at = words.index("--") if "--" in words else len(words)
    given, options = arguments.parse_args(words[:at]), words[at + 1 :]
    given.out = given.out.resolve()
    if given.task == "icu-sepsis":
        seen = ("--set", f"ingest.observation={OBSERVATIONS[given.observation]}")
        bundles = train(HERE / "icu-sepsis", given.config, None, given.out, options, seen)
        score("score_icu_sepsis.py", "--out", str(given.out / "icu-sepsis.md"), str(bundles))
    elif given.task in WORLDS:
        world(given, options)
    elif given.data is None:
        arguments.error(f"{given.task} needs --data: the folder of the Parquet logs")
    else:
        simulated(TASKS[given.task], given, options)


if __name__ == "__main__":
    main()
