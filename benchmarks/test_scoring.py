"""python -m unittest: what the scripts make of returns and folders, on examples small enough to check by hand."""

import tempfile
import unittest
from pathlib import Path

import numpy as np

import score_icu_sepsis
import score_policies
from score_policies import Group, Played, Run


def played(dataset: str, name: str, returns: list[list[float]]) -> Played:
    return Played(Run(Path("/results") / dataset / "bundles" / name, []), np.asarray(returns, dtype=float))


class ScoringTest(unittest.TestCase):
    def test_standard_error_counts_checkpoints_not_episodes(self):
        group = Group("medium", "iql", [played("medium", "iql-seed0", [[1, 1, 1, 1], [3, 3, 3, 3]])])

        self.assertEqual(group.mean, 2)
        self.assertAlmostEqual(group.error, 1)  # two means, 1 and 3: deviation 1.414, over the root of 2

    def test_seeds_of_one_algorithm_make_one_row(self):
        groups = score_policies.grouped([played("medium", f"td3-bc-seed{seed}", [[seed]]) for seed in range(3)])

        self.assertEqual([(g.dataset, g.algorithm, g.mean) for g in groups], [("medium", "td3-bc", 1)])

    def test_yardstick_may_lie_on_another_dataset(self):
        cloned = Group("ten", "behavior-cloning", [played("ten", "behavior-cloning-seed0", [[0.0], [2.0]])])
        other = Group("mixed", "recoil", [played("mixed", "recoil-seed0", [[9.0], [11.0]])])
        environment = score_policies.ENVIRONMENTS["hopper"]

        within = score_policies.table(environment, [cloned, other], "behavior-cloning")
        across = score_policies.table(environment, [cloned, other], "ten/behavior-cloning")

        self.assertNotIn("+6.4", within)
        self.assertIn("+6.4", across)  # (10 - 1) / sqrt(1 + 1)

    def test_normalized_score_of_the_sheets_example(self):
        self.assertAlmostEqual(score_policies.ENVIRONMENTS["hopper"].normalized(3234.3), 100)

    def test_last_snapshots_by_number_and_final_models_otherwise(self):
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            for model in ["a-seed0/snapshots/900", "a-seed0/snapshots/1000", "a-seed0/snapshots/11000", "a-seed0", "b-seed1"]:
                (place / model).mkdir(parents=True, exist_ok=True)
                (place / model / "model.onnx").touch()

            first, second = score_policies.find_runs([place], 2)

        self.assertEqual([model.parent.name for model in first.models], ["1000", "11000"])
        self.assertEqual((second.algorithm, second.seed, len(second.models)), ("b", "1", 1))

    def test_value_of_a_policy_in_a_world_solved_on_paper(self):
        """State 0 stays with probability a half or ends, well in state 1 or badly in 2, alike: worth a half; action 7 ends well at once."""
        moves = np.zeros((3, score_icu_sepsis.ACTIONS, 3))
        moves[0, :] = [0.5, 0.25, 0.25]
        moves[0, 7] = [0, 1, 0]
        nothing = np.zeros(0)
        world = score_icu_sepsis.World(moves, np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), np.array([False, True, True]), nothing, nothing, nothing)

        self.assertAlmostEqual(world.value(np.eye(25)[[3, 0, 0]]), 0.5)
        self.assertAlmostEqual(world.value(np.eye(25)[[7, 0, 0]]), 1)
        # Half of each: V = 0.5 (0.5 V + 0.25) + 0.5
        self.assertAlmostEqual(world.value((np.eye(25)[[3, 0, 0]] + np.eye(25)[[7, 0, 0]]) / 2), 0.625 / 0.75)


if __name__ == "__main__":
    unittest.main()
