"""Plays exported policies in the simulators their logs came from, and writes what they earn as a table.

    python score_policies.py --environment hopper --out hopper.md RUN [RUN ...]
    python score_policies.py --environment hopper --self-test FOLDER

A RUN is a policy bundle (a folder with `model.onnx`), a bundle with `snapshots/<updates>/model.onnx`, or a folder of such. Of a run with
snapshots the last `--last` are played, otherwise the final model. Every policy meets the same start states.

One return is one undiscounted episode. A run's mean is over all episodes of its checkpoints. The standard error of a group (one algorithm on one
dataset, all seeds) is that of the mean of its checkpoints' means: episodes of one policy resemble each other, so they do not count as independent.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gymnasium
import numpy as np
import onnxruntime

FIRST_SEED = 100

Policy = Callable[[np.ndarray], np.ndarray]  # (N, observation) float32 -> (N, action), in the environment's units


@dataclass(frozen=True)
class Environment:
    """A simulator. `random_return` and `expert_return` are 0 and 100 of the normalized score, where the field has one."""

    gymnasium_id: str
    random_return: float | None = None
    expert_return: float | None = None

    def make(self) -> gymnasium.Env:
        return gymnasium.make(self.gymnasium_id)

    def normalized(self, value: float) -> float | None:
        if self.random_return is None:
            return None
        return 100 * (value - self.random_return) / (self.expert_return - self.random_return)


ENVIRONMENTS = {
    # The constants of D4RL (Fu et al., 2020), made for an older version of the simulator.
    "hopper": Environment("Hopper-v5", -20.272305, 3234.3),
    "pendulum": Environment("Pendulum-v1"),
}


def returns(environment: Environment, policy: Policy, episodes: int) -> np.ndarray:
    """(episodes) Undiscounted returns. Episodes run side by side, so that the policy is asked once per step for all that still run."""
    worlds = [environment.make() for _ in range(episodes)]
    space = worlds[0].action_space
    observations = [world.reset(seed=FIRST_SEED + i)[0] for i, world in enumerate(worlds)]
    running = list(range(episodes))
    totals = np.zeros(episodes)
    while running:
        shown = np.asarray([observations[i] for i in running], dtype=np.float32)
        actions = np.asarray(policy(shown), dtype=np.float32)
        if actions.shape != (len(running), *space.shape) or not np.isfinite(actions).all():
            raise SystemExit(
                f"Cannot play: {environment.gymnasium_id} takes finite actions of shape {(len(running), *space.shape)}, the policy gave {actions.shape}"
                f"{'' if np.isfinite(actions).all() else ' with values that are not finite'}."
            )
        still = []
        for i, action in zip(running, np.clip(actions, space.low, space.high), strict=True):
            observations[i], reward, terminated, truncated, _ = worlds[i].step(action)
            totals[i] += reward
            if not (terminated or truncated):
                still.append(i)
        running = still
    for world in worlds:
        world.close()
    return totals


def exported(model: Path) -> Policy:
    """The policy of an ONNX file: raw observations in, its `action` (the mode) out."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    inputs, outputs = [i.name for i in session.get_inputs()], [o.name for o in session.get_outputs()]
    if inputs != ["observation"] or "action" not in outputs:
        raise SystemExit(
            f"Cannot play {model}: it has inputs {inputs} and outputs {outputs}; a policy for continuous actions has the input 'observation' and an output 'action'."
        )
    return lambda observations: session.run(["action"], {"observation": observations})[0]


@dataclass(frozen=True)
class Run:
    """One trained policy: its checkpoints, oldest first."""

    folder: Path
    models: list[Path]

    @property
    def dataset(self) -> str:
        """DATASET/RUN, or DATASET/bundles/RUN."""
        parent = self.folder.resolve().parent
        return parent.parent.name if parent.name == "bundles" else parent.name

    @property
    def algorithm(self) -> str:
        return re.sub(r"-seed\d+$", "", self.folder.name)

    @property
    def seed(self) -> str:
        found = re.search(r"-seed(\d+)$", self.folder.name)
        return found.group(1) if found else ""


def find_runs(places: list[Path], last: int) -> list[Run]:
    runs = []
    for place in places:
        found = [run for folder in [place, *sorted(p for p in place.glob("**/*") if p.is_dir())] if (run := as_run(folder, last))]
        if not found:
            raise SystemExit(f"Cannot score {place}: neither it nor a folder in it holds model.onnx or snapshots/<updates>/model.onnx.")
        runs += found
    return runs


def as_run(folder: Path, last: int) -> Run | None:
    if folder.parent.name == "snapshots":
        return None
    snapshots = sorted(folder.glob("snapshots/*/model.onnx"), key=lambda model: int(model.parent.name))
    if snapshots:
        return Run(folder, snapshots[-last:])
    final = folder / "model.onnx"
    return Run(folder, [final]) if final.exists() else None


@dataclass(frozen=True)
class Played:
    """(checkpoints, episodes) returns of a run."""

    run: Run
    returns: np.ndarray


def standard_error(values: np.ndarray) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


@dataclass(frozen=True)
class Group:
    """All seeds of one algorithm on one dataset."""

    dataset: str
    algorithm: str
    members: list[Played]

    @property
    def checkpoint_means(self) -> np.ndarray:
        return np.concatenate([played.returns.mean(axis=1) for played in self.members])

    @property
    def mean(self) -> float:
        return float(self.checkpoint_means.mean())

    @property
    def error(self) -> float:
        """Over checkpoints; of a single one, over its episodes."""
        means = self.checkpoint_means
        return standard_error(means if len(means) > 1 else self.members[0].returns[0])


def grouped(results: list[Played]) -> list[Group]:
    members: dict[tuple[str, str], list[Played]] = {}
    for played in results:
        members.setdefault((played.run.dataset, played.run.algorithm), []).append(played)
    return [Group(dataset, algorithm, played) for (dataset, algorithm), played in members.items()]


def table(environment: Environment, groups: list[Group], yardstick: str) -> str:
    lines = [
        f"| dataset | algorithm | mean return | standard error | normalized | above {yardstick}, in standard errors of the difference | seeds: mean (s.e. over episodes) |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for group in groups:
        other = next((g for g in groups if yardstick in (f"{g.dataset}/{g.algorithm}", g.algorithm) and (g.dataset == group.dataset or "/" in yardstick)), None)
        above = "" if other is None or other is group else f"{(group.mean - other.mean) / np.hypot(group.error, other.error):+.1f}"
        score = environment.normalized(group.mean)
        seeds = ", ".join(f"{p.returns.mean():.0f} ({standard_error(p.returns.ravel()):.0f})" for p in group.members)
        lines.append(
            f"| {group.dataset} | {group.algorithm} | {group.mean:.1f} | {group.error:.1f} | {'' if score is None else f'{score:.1f}'} | {above} | {seeds} |"
        )
    checkpoints = sorted({len(p.returns) for g in groups for p in g.members})
    episodes = groups[0].members[0].returns.shape[1]
    lines += [
        "",
        f"{environment.gymnasium_id}, gymnasium {gymnasium.__version__}; checkpoints per seed: {', '.join(map(str, checkpoints))}; episodes per checkpoint: {episodes}"
        f" (start seeds {FIRST_SEED} to {FIRST_SEED + episodes - 1}); standard errors over the means of checkpoints.",
    ]
    return "\n".join(lines) + "\n"


def write_episodes(results: list[Played], out: Path) -> None:
    with out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["dataset", "algorithm", "seed", "checkpoint", "episode", "return"])
        for played in results:
            for model, values in zip(played.run.models, played.returns, strict=True):
                checkpoint = model.parent.name if model.parent.parent.name == "snapshots" else "final"
                for episode, value in enumerate(values):
                    writer.writerow([played.run.dataset, played.run.algorithm, played.run.seed, checkpoint, episode, f"{value:.3f}"])


def behavior_policy(folder: Path, noise: float) -> Policy:
    """The actor that made the Hopper logs, with Gaussian noise of that standard deviation."""
    actor = json.loads((folder / "behavior_policy.json").read_text())
    mean, std = np.asarray(actor["observation_mean"]), np.asarray(actor["observation_std"])
    layers = [(np.asarray(layer["weight"]), np.asarray(layer["bias"])) for layer in actor["layers"]]
    generator = np.random.default_rng(0)

    def act(observations: np.ndarray) -> np.ndarray:
        x = np.clip((observations - mean) / std, -actor["observation_clip"], actor["observation_clip"])
        for weight, bias in layers[:-1]:
            x = np.tanh(x @ weight.T + bias)
        x = x @ layers[-1][0].T + layers[-1][1]
        return x + noise * generator.standard_normal(x.shape)

    return act


def self_test(name: str, folder: Path) -> None:
    """Holds the simulator and this script against the logs and, for Hopper, against known returns of the actor that made them."""
    environment = ENVIRONMENTS[name]
    difference = replayed_difference(name, environment, folder)
    print(f"{environment.gymnasium_id}: logged steps replayed, greatest difference of next observation or reward {difference:.1e}")
    if difference > 1e-3:
        raise SystemExit(f"This simulator does not repeat the logs in {folder}: install requirements.txt.")
    if name == "hopper":
        known = json.loads((folder / "values.json").read_text())
        for label, noise, expected, error in known_returns(known):
            values = returns(environment, behavior_policy(folder, noise), 20)
            off = abs(values.mean() - expected) / np.hypot(standard_error(values), error)
            print(f"{label}: mean return {values.mean():.1f} (s.e. {standard_error(values):.1f}), known {expected:.1f} ({error:.1f}): {off:.1f} standard errors apart")
            if off > 4:
                raise SystemExit("The known return is not met.")


def known_returns(known: dict) -> list[tuple[str, float, float, float]]:
    """Label, noise, known mean return, its standard error."""
    found = []
    for label, figures in known.items():
        noise = re.search(r"std_?([\d.]+)$", label)
        if noise:
            found.append((label, float(noise.group(1)), figures["mean_return"], figures["se_return"]))
    return found


def replayed_difference(name: str, environment: Environment, folder: Path) -> float:
    """The greatest difference between logged next observations and rewards and the simulator's, over a few hundred steps set by hand."""
    import pyarrow.parquet as parquet

    file = folder / {"hopper": "hopper_medium.parquet", "pendulum": "pendulum_replay.parquet"}[name]
    log = parquet.read_table(file)
    names = log.column_names
    numbers = {c: log[c].to_numpy() for c in names if c.startswith(("obs_", "next_obs_", "action_")) or c == "reward"}
    rows = np.random.default_rng(0).choice(log.num_rows, 300, replace=False)
    observed = np.stack([numbers[c] for c in names if c.startswith("obs_")], axis=1)[rows].astype(np.float64)
    followed = np.stack([numbers[c] for c in names if c.startswith("next_obs_")], axis=1)[rows]
    acted = np.stack([numbers[c] for c in names if c.startswith("action_") and "raw" not in c], axis=1)[rows]
    rewards = numbers["reward"][rows]
    world = environment.make().unwrapped
    world.reset(seed=0)
    greatest = 0.0
    for before, action, after, reward in zip(observed, acted, followed, rewards, strict=True):
        if name == "hopper":
            if np.abs(before[5:]).max() >= 10 or np.abs(after[5:]).max() >= 10:
                continue  # a velocity was cut, so the state is not known
            world.set_state(np.concatenate([[0.0], before[:5]]), before[5:])
        else:
            world.state = np.array([np.arctan2(before[1], before[0]), before[2]])
        seen, earned, *_ = world.step(action)
        greatest = max(greatest, float(np.abs(seen - after).max()), abs(float(earned) - float(reward)))
    return greatest


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    arguments.add_argument("--environment", required=True, choices=ENVIRONMENTS)
    arguments.add_argument("--episodes", type=int, default=20, help="per checkpoint")
    arguments.add_argument("--last", type=int, default=3, help="snapshots of each run to play")
    arguments.add_argument("--yardstick", default="behavior-cloning", help="what others are compared with: an algorithm on the same dataset, or DATASET/ALGORITHM")
    arguments.add_argument("--out", type=Path, help="a Markdown table; beside it, with the ending .csv, every episode")
    arguments.add_argument("--self-test", type=Path, metavar="FOLDER", help="check simulator and script against the logs in this folder")
    given = arguments.parse_args()
    if given.self_test:
        self_test(given.environment, given.self_test)
    elif not given.runs:
        arguments.error("nothing to score: name at least one RUN")
    if given.runs:
        environment = ENVIRONMENTS[given.environment]
        results = []
        for run in find_runs(given.runs, given.last):
            played = np.stack([returns(environment, exported(model), given.episodes) for model in run.models])
            print(f"{run.folder}: {played.mean():.1f}", file=sys.stderr)
            results.append(Played(run, played))
        text = table(environment, grouped(results), given.yardstick)
        print(text)
        if given.out:
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(text)
            write_episodes(results, given.out.with_suffix(".csv"))


if __name__ == "__main__":
    main()
