"""Trains a PyTorch reference learner on logs, so that one knows which returns to expect; `score_policies.py` then plays its checkpoints.

    python train_peer.py td3-bc LOG.parquet [LOG.parquet ...] --out RUN --updates 50000 --seed 0

Columns as in the Hopper and Pendulum logs: obs_*, action_*, reward, next_obs_*, terminal. Writes RUN/snapshots/<updates>/model.onnx with the
normalizer and the scale of the actions inside, like a policy bundle.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import torch
from torch import Tensor, nn

sys.path.append(str(Path(__file__).parent / "peers"))
from torch_learners import LEARNERS  # noqa: E402

BATCH = 256


def columns(files: list[Path], prefix: str) -> np.ndarray:
    """(rows, columns) All columns of that prefix, in their order in the file."""
    parts = []
    for file in files:
        names = [n for n in parquet.read_schema(file).names if n.startswith(prefix) and "_raw_" not in n]
        log = parquet.read_table(file, columns=names)
        parts.append(np.stack([log[n].to_numpy().astype(np.float32) for n in names], axis=1))
    return np.concatenate(parts)


class Exported(nn.Module):
    """Raw observations to actions in the environment's units."""

    def __init__(self, actor: nn.Module, mean: Tensor, spread: Tensor, scale: Tensor):
        super().__init__()
        self.actor = actor
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.register_buffer("scale", scale)

    def forward(self, observation: Tensor) -> Tensor:
        return self.actor((observation - self.mean) / self.spread) * self.scale


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("learner", choices=LEARNERS)
    arguments.add_argument("logs", nargs="+", type=Path)
    arguments.add_argument("--out", required=True, type=Path)
    arguments.add_argument("--updates", type=int, default=50_000)
    arguments.add_argument("--snapshots", type=int, default=3, help="evenly over the last fifth of the updates")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)

    observed, followed = (torch.from_numpy(columns(given.logs, prefix)) for prefix in ("obs_", "next_obs_"))
    mean, spread = observed.mean(dim=0), observed.std(dim=0) + 1e-3
    acted = torch.from_numpy(columns(given.logs, "action_"))
    scale = acted.abs().max(dim=0).values
    log = (
        (observed - mean) / spread,
        acted / scale,
        torch.from_numpy(columns(given.logs, "reward")),
        (followed - mean) / spread,
        1 - torch.from_numpy(columns(given.logs, "terminal")),
    )
    learner = LEARNERS[given.learner](observed.shape[1], acted.shape[1], given.updates)
    kept = {given.updates - i * given.updates // 15 for i in range(given.snapshots)}
    for update in range(1, given.updates + 1):
        rows = torch.randint(len(observed), (BATCH,))
        learner.update(*(column[rows] for column in log))
        if update in kept:
            folder = given.out / "snapshots" / str(update)
            folder.mkdir(parents=True, exist_ok=True)
            exported = Exported(learner.actor, mean, spread, scale).eval()
            torch.onnx.export(
                exported,
                (observed[:2],),
                folder / "model.onnx",
                input_names=["observation"],
                output_names=["action"],
                dynamic_axes={"observation": {0: "rows"}, "action": {0: "rows"}},
                dynamo=False,
            )


if __name__ == "__main__":
    main()
