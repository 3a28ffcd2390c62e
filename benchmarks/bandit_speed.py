"""Seconds of off-policy evaluation of a synthetic log of single decisions, beside Open Bandit Pipeline on the same rows in one run.

    obp-venv/bin/python bandit_speed.py --rows 1000000 --out results/bandit-speed      # the environment of open_bandit_pipeline.py
    obp-venv/bin/python bandit_speed.py --rows 10000000 --only ours --out results/bandit-speed-10m

Ten actions, a thousand kinds of customers, rewards 0 or 1; SNIPS, DR and Switch-DR with 1,000 bootstrap replicates each. Ours is the whole evaluation job on two cores: it reads the dataset's files, asks policy and
Q-function about every row, judges the log as well, chooses the limit of Switch-DR among fifteen, and writes the report. The peer gets everything in memory, probabilities and values of all actions included, a fixed
limit, and is timed for its estimates and intervals alone. Its bootstrap takes one core. Our processor time includes the start of the Java machine and of Spark. Hindcast is the build in `cli/target` and `benchmarks/target`; the dataset is ingested first, which is not in the time.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet as parquet

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent
KINDS = 1000
ACTIONS = 10
REPLICATES = 1000
CHUNK = 1_000_000


def shares(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def world() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(kinds, actions): the logger's probabilities, the target policy's, and the mean reward."""
    random = np.random.default_rng(7)
    return shares(1.5 * random.normal(size=(KINDS, ACTIONS))), shares(1.5 * random.normal(size=(KINDS, ACTIONS))), random.uniform(size=(KINDS, ACTIONS))


def write_log(rows: int, folder: Path) -> None:
    """The log as somebody's own logger would have written it."""
    logger, _, reward = world()
    random = np.random.default_rng(11)
    names = np.array([f"kind{k:04d}" for k in range(KINDS)])
    writer = None
    for first in range(0, rows, CHUNK):
        size = min(CHUNK, rows - first)
        kind = random.integers(KINDS, size=size)
        action = (random.uniform(size=(size, 1)) > np.cumsum(logger[kind], axis=1)).sum(axis=1).clip(max=ACTIONS - 1)
        table = pyarrow.table({
            "row": pyarrow.array(np.arange(first, first + size)),
            "kind": pyarrow.array(names[kind]),
            "action": pyarrow.array(action.astype(np.int32)),
            "reward": pyarrow.array((random.uniform(size=size) < reward[kind, action]).astype(np.float64)),
            "propensity": pyarrow.array(logger[kind, action]),
        })
        writer = writer or parquet.ParquetWriter(folder / "log.parquet", table.schema)
        writer.write_table(table)
    writer.close()


CONFIG = """\
name: bandit-speed
ingest:
  source: {format: parquet, path: log.parquet}
  episode: {id: row, ends: terminated}
  observation: {categorical: [kind]}
  action: {discrete: action, size: 10}
  reward: reward
  propensity: {probability: propensity}
  split: {held-out: 1.0}
"""


def prepare(rows: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _, target, reward = world()
    q = np.clip(reward + np.random.default_rng(3).normal(scale=0.1, size=reward.shape), 0, 1)
    (folder / "target.json").write_text(json.dumps(target.ravel().tolist()))
    (folder / "q.json").write_text(json.dumps(q.ravel().tolist()))
    if not (folder / "dataset" / "manifest.json").exists():
        write_log(rows, folder)
        (folder / "bandit.yaml").write_text(CONFIG)
        began = time.perf_counter()
        subprocess.run([HOUSE / "hindcast", "ingest", "--config", folder / "bandit.yaml", "--output", folder / "dataset"], check=True)
        print(f"ingest: {time.perf_counter() - began:.1f} s")


def ours(folder: Path, memory: str, discount: float, estimators: list[str]) -> tuple[float, float]:
    """Seconds by the clock of the whole job, and of processor time with the start of the Java machine and of Spark."""
    launcher = HOUSE / "cli" / "target" / "launcher"
    paths = [str(HERE / "target" / "classes"), str(HOUSE / "cli" / "target" / "hindcast-cli.jar"), (launcher / "classpath.own").read_text().strip(), (launcher / "classpath.engines").read_text().strip()]
    command = ["java", f"-Xmx{memory}", *(launcher / "jvm.options").read_text().split(), "-cp", ":".join(paths), "dev.hindcast.benchmarks.spark.EvaluationSpeedMain", str(folder / "dataset"), str(folder), str(discount), ",".join(estimators)]
    began = time.perf_counter()
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    print(f"ours, with the start of the machine and of Spark: {time.perf_counter() - began:.1f} s")
    print("\n".join(lines))
    figures = {words[0]: float(words[1]) for words in map(str.split, lines) if words[0] in ("seconds", "processor")}
    return figures["seconds"], figures["processor"]


def theirs(folder: Path) -> tuple[float, float]:
    import open_bandit_pipeline  # noqa: F401  leaves out what the peer imports and does not use
    from obp import ope

    table = parquet.read_table(folder / "log.parquet")
    kind = np.array([int(name[4:]) for name in table["kind"].to_pylist()])
    target = np.array(json.loads((folder / "target.json").read_text())).reshape(KINDS, ACTIONS)
    q = np.array(json.loads((folder / "q.json").read_text())).reshape(KINDS, ACTIONS)
    log = {
        "reward": table["reward"].to_numpy(),
        "action": table["action"].to_numpy().astype(int),
        "pscore": table["propensity"].to_numpy(),
        "action_dist": target[kind][:, :, np.newaxis],
        "estimated_rewards_by_reg_model": q[kind][:, :, np.newaxis],
        "position": np.zeros(len(kind), dtype=int),
    }
    return timed(log, {
        "self-normalized-inverse-propensity": ope.SelfNormalizedInverseProbabilityWeighting(),
        "doubly-robust": ope.DoublyRobust(),
        "switch-doubly-robust": ope.SwitchDoublyRobust(lambda_=8.0),
    })


def timed(log: dict, estimators: dict) -> tuple[float, float]:
    """Seconds by the clock and of processor time that estimates and intervals of the peers take; both peers are asked alike."""
    total = processor = 0.0
    for name, estimator in estimators.items():
        began, before = time.perf_counter(), time.process_time()
        value = estimator.estimate_policy_value(**log)
        interval = estimator.estimate_interval(**log, n_bootstrap_samples=REPLICATES, random_state=0)
        seconds = time.perf_counter() - began
        total += seconds
        processor += time.process_time() - before
        print(f"theirs: {name} {value:.12g} {interval['95.0% CI (lower)']:.6g} {interval['95.0% CI (upper)']:.6g} in {seconds:.1f} s", flush=True)
    return total, processor


def side_by_side(words: str, unit: str, size: int, prepare: Callable, run_ours: Callable, run_theirs: Callable) -> None:
    """Makes a log of so many units and says what both take for it."""
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(f"--{unit}", type=int, default=size, dest="size")
    parser.add_argument("--only", choices=["ours", "theirs"])
    parser.add_argument("--memory", default="4g", help="heap of our process")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    folder = arguments.out.resolve()
    prepare(arguments.size, folder)
    seconds = {}
    if arguments.only != "theirs":
        seconds["ours"] = run_ours(folder, arguments.memory)
    if arguments.only != "ours":
        seconds["theirs"] = run_theirs(folder)
    for name, (elapsed, processor) in seconds.items():
        print(f"{name}: {arguments.size:,} {unit} in {elapsed:.1f} s, {processor:.1f} s of processor time")
    if len(seconds) == 2:
        print(f"{seconds['theirs'][0] / seconds['ours'][0]:.2f} times as fast, with {seconds['theirs'][1] / seconds['ours'][1]:.2f} times less processor time")


if __name__ == "__main__":
    asked = ["self-normalized-inverse-propensity", "doubly-robust", "switch-doubly-robust"]
    side_by_side(__doc__, "rows", 1_000_000, prepare, lambda folder, memory: ours(folder, memory, 1.0, asked), theirs)
