"""Seconds of off-policy evaluation of a synthetic log of episodes with fifty steps, beside SCOPE-RL on the same rows in one run.

    python3.11 -m venv scope-venv
    scope-venv/bin/pip install --no-deps scope-rl==0.2.1
    scope-venv/bin/pip install numpy==1.26.4 scikit-learn==1.5.2 scipy==1.17.1 pandas==2.2.3 pyarrow==19.0.1
    scope-venv/bin/python sequence_speed.py --episodes 100000 --out results/sequence-speed

Ten actions, a thousand kinds of observations, discount 0.99; PDIS, SNPDIS and DR with 1,000 bootstrap replicates each. Ours is the whole evaluation job on two cores: it reads the dataset's files, asks policy and
Q-function about every row, judges the log as well, and writes the report; every replicate normalizes anew. The peer gets everything in memory, probabilities and values of all actions included, needs episodes of one
length, holds the normalizers of SNPDIS fixed in its bootstrap, and is timed for its estimates and intervals alone. What it imports for neural networks and plots takes no part in that and is left out. The dataset is
ingested first, which is not in the time. Hindcast is the build in `cli/target` and `benchmarks/target`.
Lines `alone` are ours as the peer is timed: everything in memory, in a Java machine that is warm, one thread; figures are for all three estimators, the report and its diagnostics included.
"""

import json
import subprocess
import time
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet as parquet

from absent import leave_out
from bandit_speed import HOUSE, ours, shares, side_by_side, timed

KINDS = 1000
ACTIONS = 10
STEPS = 50
DISCOUNT = 0.99
CHUNK = 20_000


def world() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(kinds, actions): the logger's probabilities, those of a target policy near it, and the mean reward."""
    random = np.random.default_rng(7)
    logits = random.normal(size=(KINDS, ACTIONS))
    return shares(logits), shares(logits + 0.2 * random.normal(size=(KINDS, ACTIONS))), random.uniform(size=(KINDS, ACTIONS))


def write_log(episodes: int, folder: Path) -> None:
    logger, _, reward = world()
    random = np.random.default_rng(11)
    names = np.array([f"kind{k:04d}" for k in range(KINDS)])
    writer = None
    for first in range(0, episodes, CHUNK):
        size = STEPS * min(CHUNK, episodes - first)
        kind = random.integers(KINDS, size=size)
        action = (random.uniform(size=(size, 1)) > np.cumsum(logger[kind], axis=1)).sum(axis=1).clip(max=ACTIONS - 1)
        table = pyarrow.table({
            "episode": pyarrow.array(first + np.arange(size) // STEPS),
            "step": pyarrow.array((np.arange(size) % STEPS).astype(np.int32)),
            "kind": pyarrow.array(names[kind]),
            "action": pyarrow.array(action.astype(np.int32)),
            "reward": pyarrow.array((random.uniform(size=size) < reward[kind, action]).astype(np.float64)),
            "propensity": pyarrow.array(logger[kind, action]),
        })
        writer = writer or parquet.ParquetWriter(folder / "log.parquet", table.schema)
        writer.write_table(table)
    writer.close()


CONFIG = """\
name: sequence-speed
ingest:
  source: {format: parquet, path: log.parquet}
  episode: {id: episode, step: step, ends: terminated}
  observation: {categorical: [kind]}
  action: {discrete: action, size: 10}
  reward: reward
  propensity: {probability: propensity}
  split: {held-out: 1.0}
"""


def prepare(episodes: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _, target, reward = world()
    left = (1 - DISCOUNT**STEPS) / (1 - DISCOUNT)
    q = reward + 0.5 * (left - 1) + np.random.default_rng(3).normal(scale=0.1, size=reward.shape)
    (folder / "target.json").write_text(json.dumps(target.ravel().tolist()))
    (folder / "q.json").write_text(json.dumps(q.ravel().tolist()))
    if not (folder / "dataset" / "manifest.json").exists():
        write_log(episodes, folder)
        (folder / "sequence.yaml").write_text(CONFIG)
        began = time.perf_counter()
        subprocess.run([HOUSE / "hindcast", "ingest", "--config", folder / "sequence.yaml", "--output", folder / "dataset"], check=True)
        print(f"ingest: {time.perf_counter() - began:.1f} s")


def theirs(folder: Path) -> tuple[float, float]:
    leave_out(
        "torch", "torch.nn", "torch.nn.functional", "torch.nn.utils", "pytorch_revgrad", "d3rlpy", "d3rlpy.algos", "d3rlpy.dataset", "d3rlpy.models", "d3rlpy.models.encoders", "d3rlpy.models.q_functions", "d3rlpy.models.torch", "d3rlpy.ope", "d3rlpy.preprocessing",
        "gym", "gym.spaces", "gym.wrappers", "matplotlib", "matplotlib.pyplot", "seaborn", "tqdm", "tqdm.auto",
    )
    from scope_rl.ope.discrete import DoublyRobust, PerDecisionImportanceSampling, SelfNormalizedPDIS

    table = parquet.read_table(folder / "log.parquet")
    kind = np.array([int(name[4:]) for name in table["kind"].to_pylist()])
    target = np.array(json.loads((folder / "target.json").read_text())).reshape(KINDS, ACTIONS)
    q = np.array(json.loads((folder / "q.json").read_text())).reshape(KINDS, ACTIONS)
    log = {
        "step_per_trajectory": STEPS,
        "action": table["action"].to_numpy().astype(int),
        "reward": table["reward"].to_numpy(),
        "pscore": table["propensity"].to_numpy(),
        "evaluation_policy_action_dist": target[kind],
        "state_action_value_prediction": q[kind],
        "gamma": DISCOUNT,
    }
    return timed(log, {
        "per-decision-importance-sampling": PerDecisionImportanceSampling(),
        "self-normalized-per-decision-importance-sampling": SelfNormalizedPDIS(),
        "doubly-robust": DoublyRobust(),
    })


if __name__ == "__main__":
    asked = ["per-decision-importance-sampling", "self-normalized-per-decision-importance-sampling", "doubly-robust"]
    side_by_side(__doc__, "episodes", 100_000, prepare, lambda folder, memory: ours(folder, memory, DISCOUNT, asked), theirs)
