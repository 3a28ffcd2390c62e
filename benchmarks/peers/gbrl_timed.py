"""NVlabs' gbrl on the CPU, the other side of the speeds in `online.py`: reads lines `NAME UPDATES`, answers with seconds of processor time.

Proximal policy optimization with its own actor-critic: an update is the outputs of a minibatch, the loss by PyTorch, one shared tree. All iterations
learn from the same steps, lived at random in Gymnasium, and begin with the outputs and returns of all of them, as ours do.
"""

import sys
import time
from dataclasses import dataclass

import gymnasium
import numpy as np
import torch
from gbrl.models.actor_critic import ActorCritic

CLIP, VALUE_WEIGHT = 0.2, 0.872


@dataclass(frozen=True)
class Task:
    environment: str
    policy_rate: float
    value_rate: float
    batch: int
    epochs: int
    copies: int
    steps: int
    discount: float
    decay: float


TASKS = {
    "cartpole": Task("CartPole-v1", 0.029, 0.015, 64, 1, 8, 128, 0.98, 0.8),
    "acrobot": Task("Acrobot-v1", 0.16, 0.0342, 512, 20, 16, 128, 0.99, 0.94),
}


@dataclass
class Steps:
    """What was lived: (steps, copies, ...) each, and what was seen after the last step."""

    seen: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    goes_on: np.ndarray
    last: np.ndarray

    @staticmethod
    def at_random(task: Task) -> "Steps":
        worlds = gymnasium.make_vec(task.environment, task.copies, vectorization_mode="sync")
        worlds.action_space.seed(0)
        now, _ = worlds.reset(seed=0)
        columns = []
        for _ in range(task.steps):
            actions = worlds.action_space.sample()
            after, rewards, terminated, truncated, _ = worlds.step(actions)
            columns.append((now, actions, rewards, ~(terminated | truncated)))
            now = after
        return Steps(*(np.stack(column).astype(kind) for column, kind in zip(zip(*columns), ("f4", "i8", "f4", "f4"))), last=now.astype("f4"))

    def returns(self, values: np.ndarray, after: np.ndarray, discount: float, decay: float) -> np.ndarray:
        """Generalized advantages plus values."""
        advantage, advantages = np.zeros_like(after), np.zeros_like(values)
        for step in reversed(range(len(values))):
            goes_on = self.goes_on[step]
            error = self.rewards[step] + discount * goes_on * after - values[step]
            advantage = error + discount * decay * goes_on * advantage
            advantages[step], after = advantage, values[step]
        return advantages + values


def model(task: Task, width: int, actions: int) -> ActorCritic:
    return ActorCritic(
        {"max_depth": 4, "n_bins": 256, "min_data_in_leaf": 0, "par_th": 2, "grow_policy": "oblivious"},
        width,
        actions + 1,
        {"algo": "SGD", "lr": task.policy_rate, "start_idx": 0, "stop_idx": actions},
        {"algo": "SGD", "lr": task.value_rate, "start_idx": actions, "stop_idx": actions + 1},
        shared_tree_struct=True,
        params={"control_variates": False, "split_score_func": "cosine", "generator_type": "Quantile"},
    )


def iterate(trees: ActorCritic, task: Task, steps: Steps, random: np.random.Generator, most: int) -> int:
    """One iteration, or its first so many updates."""
    rows = steps.actions.size
    seen, actions = steps.seen.reshape(rows, -1), torch.from_numpy(steps.actions.reshape(rows))
    with torch.no_grad():
        logits, values = trees(seen, requires_grad=False)
        _, after = trees(steps.last, requires_grad=False)
        before = torch.log_softmax(logits, 1).gather(1, actions[:, None])[:, 0]
    shape = steps.rewards.shape
    returns = torch.from_numpy(steps.returns(values.numpy().reshape(shape), after.numpy(), task.discount, task.decay).reshape(rows))
    done = 0
    for _ in range(task.epochs):
        for part in np.split(random.permutation(rows), rows // task.batch):
            if done == most:
                return done
            update(trees, seen[part], actions[part], before[part], returns[part], (returns - values.reshape(rows))[part])
            done += 1
    return done


def update(trees: ActorCritic, seen: np.ndarray, actions: torch.Tensor, before: torch.Tensor, returns: torch.Tensor, advantages: torch.Tensor) -> None:
    logits, values = trees(seen)
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    ratio = torch.exp(torch.log_softmax(logits, 1).gather(1, actions[:, None])[:, 0] - before)
    policy_loss = -torch.min(ratio * advantages, ratio.clamp(1 - CLIP, 1 + CLIP) * advantages).mean()
    value_loss = 0.5 * ((values.reshape(-1) - returns) ** 2).mean()
    (policy_loss + VALUE_WEIGHT * value_loss).backward()
    trees.step()


def main() -> None:
    torch.set_num_threads(1)
    lived = {name: Steps.at_random(task) for name, task in TASKS.items()}
    print(*TASKS, flush=True)
    for line in sys.stdin:
        name, updates = line.split()
        task, steps, left, random = TASKS[name], lived[name], int(updates), np.random.default_rng(0)
        began = time.process_time()
        trees = model(task, steps.seen.shape[-1], int(steps.actions.max()) + 1)
        while left:
            left -= iterate(trees, task, steps, random, left)
        print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main()
