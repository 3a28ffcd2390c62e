"""Writes episodes.jsonl: episodes of CartPole-v1 and Acrobot-v1 as Gymnasium itself lives them.

    python episodes.py > episodes.jsonl        (gymnasium 1.3.0, numpy 2.4.6)

One episode a line: the seed of its reset, the state it starts in, every action, the state after every tenth step and after the last (64-bit numbers,
which the observations are made of), the last observation (32-bit), the sum of rewards, and how it ended.
"""

import json
import math

import gymnasium
import numpy as np

EVERY = 10


def balance(state, random):
    return int(state[2] + 0.4 * state[3] + 0.05 * state[0] + 0.1 * state[1] > 0)


def swing(state, random):
    return 2 if state[3] > 0 else 0


def sometimes(policy, actions):
    return lambda state, random: int(random.integers(actions)) if random.random() < 0.3 else policy(state, random)


EPISODES = [
    ("CartPole-v1", 1, balance),
    ("CartPole-v1", 2, sometimes(balance, 2)),
    ("CartPole-v1", 3, lambda state, random: int(random.integers(2))),
    ("CartPole-v1", 4, lambda state, random: 1),
    ("Acrobot-v1", 1, swing),
    ("Acrobot-v1", 2, sometimes(swing, 3)),
    ("Acrobot-v1", 3, lambda state, random: int(random.integers(3))),
    ("Acrobot-v1", 4, lambda state, random: 1),
]

for name, seed, policy in EPISODES:
    world, random = gymnasium.make(name), np.random.default_rng(seed)
    world.reset(seed=seed)
    start = [float(x) for x in world.unwrapped.state]
    actions, states, total, ended = [], {}, 0.0, False
    while not ended:
        actions.append(policy(world.unwrapped.state, random))
        seen, reward, terminated, truncated, _ = world.step(actions[-1])
        total += float(reward)
        ended = terminated or truncated
        if len(actions) % EVERY == 0 or ended:
            states[len(actions)] = [float(x) for x in world.unwrapped.state]
    episode = {
        "world": name,
        "seed": seed,
        "start": start,
        "actions": "".join(map(str, actions)),
        "states": states,
        "last": [float(x) for x in seen],
        "return": total,
        "terminated": bool(terminated),
    }
    assert all(math.isfinite(x) for state in states.values() for x in state)
    print(json.dumps(episode))
