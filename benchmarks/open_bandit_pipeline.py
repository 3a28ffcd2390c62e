"""Figures of Open Bandit Pipeline on the bundled Open Bandit logs and on its own synthetic data, to hold ours against.

    python3.11 -m venv obp-venv
    obp-venv/bin/pip install --no-deps --ignore-requires-python obp==0.5.5
    obp-venv/bin/pip install numpy==1.26.4 scikit-learn==1.5.2 scipy==1.17.1 pandas==2.2.3 pyarrow==19.0.1 tqdm pyyaml
    obp-venv/bin/python open_bandit_pipeline.py ../evaluation/src/test/resources/open-bandit-pipeline

Its last release asks for Python before 3.10 and for old libraries; on newer ones it runs as it is. What it imports for neural networks, plots and tables takes no part in any estimate and is replaced by empty
modules. The target policies and Q-functions of the bundled logs are simple formulas, which the test that reads these figures (OpenBanditPipelineIT) repeats; the synthetic rows are written down.
"""

import argparse
import json
import platform
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet

from absent import leave_out


leave_out("torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils", "torch.utils.data", "pyieoe", "pyieoe.evaluator", "matplotlib", "matplotlib.pyplot", "seaborn", "pingouin")

import obp  # noqa: E402
from obp import ope  # noqa: E402
from obp.dataset import SyntheticBanditDataset, linear_behavior_policy, logistic_reward_function  # noqa: E402
from obp.ope import RegressionModel  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

LOGS = Path(__file__).resolve().parent.parent / "examples" / "open-bandit"
CUTS = [float("inf")] + [float(2**k) for k in range(12, -1, -1)]
CUTS_AND_NONE = CUTS + [0.0]
OPTIMISTIC = [float("inf"), 2.0**20, 2.0**16, 2.0**12, 256.0, 16.0, 1.0, 0.0]
SUB_GAUSSIAN = [0.0, 2.0**-12, 2.0**-10, 2.0**-8, 2.0**-6, 2.0**-4, 2.0**-2, 1.0]
ERROR = 0.05  # of each interval that SLOPE compares


def estimators() -> dict[str, object]:
    """Ours by name; fixed parameters stand behind a colon."""
    slope = {"tuning_method": "slope", "delta": ERROR}
    return {
        "inverse-propensity": ope.InverseProbabilityWeighting(),
        "self-normalized-inverse-propensity": ope.SelfNormalizedInverseProbabilityWeighting(),
        "direct-method": ope.DirectMethod(),
        "doubly-robust": ope.DoublyRobust(),
        "self-normalized-doubly-robust": ope.SelfNormalizedDoublyRobust(),
        "clipped-inverse-propensity:2": ope.InverseProbabilityWeighting(lambda_=2.0),
        "clipped-doubly-robust:2": ope.DoublyRobust(lambda_=2.0),
        "switch-doubly-robust:2": ope.SwitchDoublyRobust(lambda_=2.0),
        "switch-doubly-robust:0": ope.SwitchDoublyRobust(lambda_=0.0),
        "optimistic-shrinkage-doubly-robust:3": ope.DoublyRobustWithShrinkage(lambda_=3.0),
        "sub-gaussian-inverse-propensity:0.1": ope.SubGaussianInverseProbabilityWeighting(lambda_=0.1),
        "sub-gaussian-doubly-robust:0.1": ope.SubGaussianDoublyRobust(lambda_=0.1),
        "clipped-inverse-propensity": ope.InverseProbabilityWeightingTuning(lambdas=CUTS, **slope),
        "clipped-doubly-robust": ope.DoublyRobustTuning(lambdas=CUTS_AND_NONE, **slope),
        "switch-doubly-robust": ope.SwitchDoublyRobustTuning(lambdas=CUTS_AND_NONE, **slope),
        "optimistic-shrinkage-doubly-robust": ope.DoublyRobustWithShrinkageTuning(lambdas=OPTIMISTIC, **slope),
        "sub-gaussian-inverse-propensity": ope.SubGaussianInverseProbabilityWeightingTuning(lambdas=SUB_GAUSSIAN, **slope),
        "sub-gaussian-doubly-robust": ope.SubGaussianDoublyRobustTuning(lambdas=SUB_GAUSSIAN, **slope),
    }


def estimates(reward, action, propensity, target, q) -> dict[str, float]:
    """The estimate of each; target and q are (rows, actions)."""
    log = {
        "reward": reward,
        "action": action,
        "pscore": propensity,
        "action_dist": target[:, :, np.newaxis],
        "estimated_rewards_by_reg_model": q[:, :, np.newaxis],
        "position": np.zeros(len(reward), dtype=int),
    }
    return {name: float(estimator.estimate_policy_value(**log)) for name, estimator in estimators().items()}


def bundled(log: str, actions: int) -> dict[str, float]:
    """A bundled log under a policy and a Q-function that are formulas of item and position."""
    table = parquet.read_table(LOGS / f"{log}.parquet", columns=["item", "position", "click", "propensity"])
    item, position, click, propensity = (table[column].to_numpy() for column in table.column_names)
    every = np.arange(actions)[np.newaxis, :]
    preference = 1.0 + (7 * every + 3 * position[:, np.newaxis]) % 5
    target = preference / preference.sum(axis=1, keepdims=True)
    q = 0.002 + 0.001 * ((5 * every + position[:, np.newaxis]) % 7)
    return estimates(click.astype(float), item.astype(int), propensity, target, q)


def by_groups(reward, action, behavior, target, groups) -> dict[str, float]:
    """The estimates that weigh groups of actions; both policies are (rows, actions), groups (actions)."""
    membership = np.eye(groups.max() + 1)[groups]
    log = {
        "reward": reward,
        "action": action,
        "action_embed": groups[action][:, np.newaxis],
        "pi_b": behavior[:, :, np.newaxis],
        "action_dist": target[:, :, np.newaxis],
        "p_e_a": membership[:, :, np.newaxis],
        "position": np.zeros(len(reward), dtype=int),
    }
    kinds = {"marginalized-inverse-propensity:1": ope.MarginalizedInverseProbabilityWeighting, "self-normalized-marginalized-inverse-propensity:1": ope.SelfNormalizedMarginalizedInverseProbabilityWeighting}
    return {name: float(kind(n_actions=len(groups)).estimate_policy_value(**log)) for name, kind in kinds.items()}


def synthetic(rows: int, folder: Path) -> dict[str, float]:
    """Synthetic data with a cross-fitted reward model; the rows are written down as numbers of each step."""
    world = SyntheticBanditDataset(n_actions=10, dim_context=5, reward_type="binary", reward_function=logistic_reward_function, behavior_policy_function=linear_behavior_policy, beta=1.0, random_state=12345)
    log = world.obtain_batch_bandit_feedback(n_rounds=rows)
    sharp = np.exp(4.0 * log["expected_reward"])
    target = sharp / sharp.sum(axis=1, keepdims=True)
    model = RegressionModel(n_actions=10, base_model=LogisticRegression(C=1.0, random_state=0), action_context=world.action_context)
    q = model.fit_predict(context=log["context"], action=log["action"], reward=log["reward"], n_folds=3, random_state=0)[:, :, 0]
    propensity = log["pscore"]
    behavior = log["pi_b"][:, :, 0]
    groups = np.arange(10) // 3
    member = groups[np.newaxis, :] == groups[log["action"]][:, np.newaxis]
    lines = ["reward,propensity,target_probability,q,v,group_propensity,group_target_probability"]
    for i, action in enumerate(log["action"]):
        v = float(np.average(q[i], weights=target[i]))
        lines.append(",".join(repr(float(x)) for x in (log["reward"][i], propensity[i], target[i, action], q[i, action], v, behavior[i, member[i]].sum(), target[i, member[i]].sum())))
    (folder / "synthetic.csv").write_text("\n".join(lines) + "\n")
    reward = log["reward"].astype(float)
    return estimates(reward, log["action"], propensity, target, q) | by_groups(reward, log["action"], behavior, target, groups)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where figures.json and synthetic.csv go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "origin": {
            "program": f"Open Bandit Pipeline {obp.__version__}",
            "python": platform.python_version(),
            "numpy": np.__version__,
            "command": "benchmarks/open_bandit_pipeline.py evaluation/src/test/resources/open-bandit-pipeline",
        },
        "random-men": bundled("random-men", 34),
        "random-women": bundled("random-women", 46),
        "bts-men": bundled("bts-men", 34),
        "bts-women": bundled("bts-women", 46),
        "synthetic": synthetic(500, folder),
    }
    (folder / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
