"""Exact values of exported discrete policies on ICU-Sepsis, by linear algebra: no simulation, no estimate, no error.

    python score_icu_sepsis.py --world ../examples/icu-sepsis --out icu-sepsis.md BUNDLE [BUNDLE ...]
    python score_icu_sepsis.py --drivers BUNDLE

A BUNDLE is a policy bundle or a folder of such; seeds (`NAME-seed0`, `NAME-seed1`, ...) make one row. The value of a policy is its survival rate
(discount 1). It is computed apart from Hindcast's own solver, so each checks the other. Bundles with `snapshots/<updates>/model.onnx` are valued at
the last of them unless they also have a final `model.onnx`.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow.parquet as parquet

ACTIONS = 25


@dataclass(frozen=True)
class World:
    """(states, actions, states) probabilities, and per state: start probability, reward on entry, end, admissible actions, features, SOFA score."""

    moves: np.ndarray
    initial: np.ndarray
    reward: np.ndarray
    terminal: np.ndarray
    admissible: np.ndarray
    features: np.ndarray
    sofa: np.ndarray

    @staticmethod
    def read(folder: Path) -> World:
        states = parquet.read_table(folder / "states.parquet").sort_by("state")
        n = states.num_rows
        admissible = np.zeros((n, ACTIONS), dtype=bool)
        for state, actions in enumerate(states["admissible_actions"].to_pylist()):
            admissible[state, actions] = True
        table = parquet.read_table(folder / "transitions.parquet")
        moves = np.zeros((n, ACTIONS, n))
        moves[table["state"].to_numpy(), table["action"].to_numpy(), table["next_state"].to_numpy()] = table["probability"].to_numpy()
        return World(
            moves,
            states["initial_probability"].to_numpy(),
            states["reward_on_entry"].to_numpy(),
            states["terminal"].to_numpy(zero_copy_only=False),
            admissible,
            np.asarray(states["features"].to_pylist(), dtype=np.float32),
            states["sofa_score"].to_numpy().astype(np.float32),
        )

    def value(self, policy: np.ndarray) -> float:
        """Of a policy (states, actions)."""
        return float(self.initial[~self.terminal] @ self.values(policy))

    def values(self, policy: np.ndarray) -> np.ndarray:
        """Of each state that does not end the episode: solves V = P (r + V)."""
        alive = ~self.terminal
        moves = np.einsum("sa,san->sn", policy[alive], self.moves[alive])
        return np.linalg.solve(np.eye(alive.sum()) - moves[:, alive], moves @ self.reward)

    def column(self, name: str) -> np.ndarray:
        return self.sofa if name == "sofa_score" else self.features[:, int(name.rsplit(".", 1)[1])]

    @property
    def uniform(self) -> np.ndarray:
        """The policy that takes every admissible action alike."""
        return self.admissible / np.maximum(self.admissible.sum(axis=1, keepdims=True), 1)


def probabilities(world: World, bundle: Path) -> np.ndarray:
    """(states, actions) What an exported policy does in every state."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    space = manifest["observation_space"]
    columns = [world.column(name) for name in space["numeric"]]
    states = len(world.initial)
    codes = []
    for field in space["categorical"]:
        if field["name"] != "state":
            raise SystemExit(f"Cannot value {bundle}: it looks at the field {field['name']!r}, which this world does not have.")
        code = {value: i + 1 for i, value in enumerate(field["values"])}  # 0 stands for values that the log did not have
        codes.append([code.get(str(state), 0) for state in range(states)])
    session = onnxruntime.InferenceSession(str(model_of(bundle)), providers=["CPUExecutionProvider"])
    offered = {
        "observation": np.stack(columns, axis=1).astype(np.float32) if columns else None,
        "observation_codes": np.asarray(codes, dtype=np.int64).T,
        "action_mask": world.admissible,
    }
    result = session.run(["probabilities"], {i.name: offered[i.name] for i in session.get_inputs()})[0].astype(np.float64)
    return result / result.sum(axis=1, keepdims=True)


def model_of(bundle: Path) -> Path:
    final = bundle / "model.onnx"
    return final if final.exists() else max(bundle.glob("snapshots/*/model.onnx"), key=lambda model: int(model.parent.name))


def policy_bundles(places: list[Path]) -> list[Path]:
    found = []
    for place in places:
        manifests = sorted({*place.glob("manifest.json"), *place.glob("**/manifest.json")})
        bundles = [m.parent for m in manifests if json.loads(m.read_text()).get("kind") == "policy"]
        if not bundles:
            raise SystemExit(f"Cannot value {place}: neither it nor a folder in it holds a finished policy bundle.")
        found += bundles
    return found


def mode(policy: np.ndarray) -> np.ndarray:
    return np.eye(ACTIONS)[policy.argmax(axis=1)]


def table(world: World, bundles: list[Path]) -> str:
    groups: dict[str, list[tuple[float, float]]] = {}
    for bundle in bundles:
        policy = probabilities(world, bundle)
        groups.setdefault(re.sub(r"-seed\d+$", "", bundle.name), []).append((world.value(policy), world.value(mode(policy))))
    lines = ["| policy | value, median over seeds | seeds | value of its mode, median | seeds |", "|---|---:|---|---:|---|"]
    rows = [(name, *zip(*values, strict=True)) for name, values in groups.items()]
    for name, values, modes in sorted(rows, key=lambda row: -statistics.median(row[1])):
        lines.append(
            f"| {name} | {statistics.median(values):.4f} | {', '.join(f'{v:.4f}' for v in values)} | {statistics.median(modes):.4f} | {', '.join(f'{v:.4f}' for v in modes)} |"
        )
    lines += ["", f"Exact values at discount 1. Uniform over admissible actions: {world.value(world.uniform):.4f}."]
    return "\n".join(lines) + "\n"


def ranks(numbers: np.ndarray) -> np.ndarray:
    """Places in order; equal ones share the mean of theirs."""
    _, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count + 1) / 2)[place]


def drivers(world: World, folder: Path, bundle: Path) -> str:
    """What a bundle's trees say they look at, beside the rank correlation with exact values."""
    logger = 0.5 * world.uniform + 0.5 * published(world, folder, "expert_probability")
    values = ranks(world.values(logger))
    lines = ["| field | mean size | as it rises, the value | rank correlation with the exact value | with the SOFA score |", "|---|---:|---|---:|---:|"]
    for driver in json.loads((bundle / "drivers.json").read_text())["drivers"]:
        if driver["feature"].startswith(("features.", "sofa_score")):
            own = ranks(world.column(driver["feature"])[~world.terminal])
            exact, severity = np.corrcoef(own, values)[0, 1], np.corrcoef(own, ranks(world.sofa[~world.terminal]))[0, 1]
            lines.append(f"| {driver['feature']} | {driver['size']:.4f} | {driver['direction'].lower()} | {exact:+.2f} | {severity:+.2f} |")
    return "\n".join(lines) + "\n"


def published(world: World, folder: Path, column: str) -> np.ndarray:
    """(states, actions) A column of the published policies."""
    policies = parquet.read_table(folder / "policies.parquet")
    result = np.zeros((len(world.initial), ACTIONS))
    result[policies["state"].to_numpy(), policies["action"].to_numpy()] = policies[column].to_numpy(zero_copy_only=False)
    return result


def self_test(world: World, folder: Path) -> None:
    """The published values of three policies, which do not come from this script."""
    for label, policy, known in [
        ("uniform over all", np.full((len(world.initial), ACTIONS), 1 / ACTIONS), 0.780071),
        ("expert", published(world, folder, "expert_probability"), 0.781845),
        ("optimal", published(world, folder, "optimal_gamma1"), 0.875142),
    ]:
        value = world.value(policy)
        print(f"{label}: {value:.6f}, known {known}")
        if abs(value - known) > 1e-6:
            raise SystemExit("The known value is not met.")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("bundles", nargs="*", type=Path, metavar="BUNDLE")
    arguments.add_argument("--world", type=Path, default=Path(__file__).parent.parent / "examples" / "icu-sepsis")
    arguments.add_argument("--out", type=Path, help="a Markdown file")
    arguments.add_argument("--self-test", action="store_true", help="check the solver against published values")
    arguments.add_argument("--drivers", type=Path, metavar="BUNDLE", help="hold what this bundle's trees look at against the exact values")
    given = arguments.parse_args()
    world = World.read(given.world)
    if given.self_test:
        self_test(world, given.world)
    elif given.drivers:
        print(drivers(world, given.world, given.drivers))
    elif not given.bundles:
        arguments.error("nothing to value: name at least one BUNDLE")
    if given.bundles:
        text = table(world, policy_bundles(given.bundles))
        print(text)
        if given.out:
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(text)


if __name__ == "__main__":
    main()
