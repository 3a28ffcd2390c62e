"""The JAX side of `speed.py`: TD3+BC and IQL with whole runs of updates compiled into one program. Reads `NAME UPDATES`, answers with seconds.

The same networks, sizes and steps as in `torch_learners.py`.
"""

import sys
import time
from functools import partial

import jax
import jax.numpy as jnp

OBSERVATION, ACTION, ROWS, BATCH, WIDTH = 11, 3, 100_000, 256, 256
LEARNING_RATE, DISCOUNT, POLYAK = 3e-4, 0.99, 0.005
UPDATES_IN_ALL = 1_000_000


def perceptron(key, inputs, outputs):
    sizes = [(inputs, WIDTH), (WIDTH, WIDTH), (WIDTH, outputs)]
    keys = jax.random.split(key, len(sizes))
    return [
        {"w": jax.random.uniform(k, (i, o), minval=-(i**-0.5), maxval=i**-0.5), "b": jnp.zeros(o)}
        for k, (i, o) in zip(keys, sizes, strict=True)
    ]


def apply(layers, x):
    for layer in layers[:-1]:
        x = jax.nn.relu(x @ layer["w"] + layer["b"])
    return x @ layers[-1]["w"] + layers[-1]["b"]


def act(layers, o):
    return jnp.tanh(apply(layers, o))


def twin(critic, o, a):
    x = jnp.concatenate([o, a], axis=1)
    return apply(critic[0], x), apply(critic[1], x)


def moments(parameters):
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    return {"mean": zeros, "square": zeros, "count": 0}


def adam(parameters, gradient, state, rate=LEARNING_RATE):
    count = state["count"] + 1
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, state["mean"], gradient)
    square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, state["square"], gradient)
    moved = jax.tree.map(lambda p, m, s: p - rate * (m / (1 - 0.9**count)) / (jnp.sqrt(s / (1 - 0.999**count)) + 1e-8), parameters, mean, square)
    return moved, {"mean": mean, "square": square, "count": count}


def polyak(target, source):
    return jax.tree.map(lambda slow, fast: slow + POLYAK * (fast - slow), target, source)


def squared(x):
    return jnp.mean(x * x)


def td3_bc_begin(key):
    keys = jax.random.split(key, 3)
    actor = perceptron(keys[0], OBSERVATION, ACTION)
    critic = [perceptron(k, OBSERVATION + ACTION, 1) for k in keys[1:]]
    return {"actor": actor, "critic": critic, "slow_actor": actor, "slow_critic": critic, "for_actor": moments(actor), "for_critic": moments(critic), "n": 0}


def td3_bc_update(state, batch, key):
    o, a, r, n, m = batch
    noise = jnp.clip(jax.random.normal(key, a.shape) * 0.2, -0.5, 0.5)
    next_action = jnp.clip(act(state["slow_actor"], n) + noise, -1, 1)
    target = r + DISCOUNT * m * jnp.minimum(*twin(state["slow_critic"], n, next_action))
    critic_loss = lambda critic: sum(squared(q - target) for q in twin(critic, o, a))
    critic, for_critic = adam(state["critic"], jax.grad(critic_loss)(state["critic"]), state["for_critic"])
    state = state | {"critic": critic, "for_critic": for_critic, "n": state["n"] + 1}

    def actor_loss(actor):
        chosen = act(actor, o)
        q = apply(critic[0], jnp.concatenate([o, chosen], axis=1))
        return -2.5 / jax.lax.stop_gradient(jnp.mean(jnp.abs(q))) * jnp.mean(q) + squared(chosen - a)

    def with_actor(state):
        actor, for_actor = adam(state["actor"], jax.grad(actor_loss)(state["actor"]), state["for_actor"])
        return state | {
            "actor": actor,
            "for_actor": for_actor,
            "slow_critic": polyak(state["slow_critic"], critic),
            "slow_actor": polyak(state["slow_actor"], actor),
        }

    return jax.lax.cond(state["n"] % 2 == 0, with_actor, lambda state: state, state)


def iql_begin(key):
    keys = jax.random.split(key, 4)
    policy = {"mean": perceptron(keys[0], OBSERVATION, ACTION), "log_spread": jnp.zeros(ACTION)}
    value = perceptron(keys[1], OBSERVATION, 1)
    critic = [perceptron(k, OBSERVATION + ACTION, 1) for k in keys[2:]]
    return {
        "policy": policy,
        "value": value,
        "critic": critic,
        "slow_critic": critic,
        "for_policy": moments(policy),
        "for_value": moments(value),
        "for_critic": moments(critic),
    }


def iql_update(state, batch, key):
    o, a, r, n, m = batch
    next_value = apply(state["value"], n)
    q = jnp.minimum(*twin(state["slow_critic"], o, a))
    advantage = q - apply(state["value"], o)

    def value_loss(value):
        u = q - apply(value, o)
        return jnp.mean(jnp.abs(0.7 - (u < 0)) * u * u)

    value, for_value = adam(state["value"], jax.grad(value_loss)(state["value"]), state["for_value"])
    target = r + DISCOUNT * m * next_value
    critic_loss = lambda critic: sum(squared(q - target) for q in twin(critic, o, a)) / 2
    critic, for_critic = adam(state["critic"], jax.grad(critic_loss)(state["critic"]), state["for_critic"])
    importance = jnp.minimum(jnp.exp(3 * advantage), 100)

    def policy_loss(policy):
        log_spread = jnp.clip(policy["log_spread"], -20, 2)
        z = (a - act(policy["mean"], o)) / jnp.exp(log_spread)
        log_density = jnp.sum(-0.5 * z * z - log_spread - 0.5 * jnp.log(2 * jnp.pi), axis=1, keepdims=True)
        return -jnp.mean(importance * log_density)

    rate = LEARNING_RATE * 0.5 * (1 + jnp.cos(jnp.pi * state["for_policy"]["count"] / UPDATES_IN_ALL))
    policy, for_policy = adam(state["policy"], jax.grad(policy_loss)(state["policy"]), state["for_policy"], rate)
    return {
        "policy": policy,
        "value": value,
        "critic": critic,
        "slow_critic": polyak(state["slow_critic"], critic),
        "for_policy": for_policy,
        "for_value": for_value,
        "for_critic": for_critic,
    }


LEARNERS = {"td3-bc": (td3_bc_begin, td3_bc_update), "iql": (iql_begin, iql_update)}


@partial(jax.jit, static_argnames=("name", "updates"))
def train(name, updates, state, log, key):
    def one(state, key):
        draw, noise = jax.random.split(key)
        rows = jax.random.randint(draw, (BATCH,), 0, ROWS)
        return LEARNERS[name][1](state, [column[rows] for column in log], noise), None

    return jax.lax.scan(one, state, jax.random.split(key, updates))[0]


def main() -> None:
    keys = jax.random.split(jax.random.key(0), 6)
    log = [
        jax.random.normal(keys[0], (ROWS, OBSERVATION)),
        jax.random.uniform(keys[1], (ROWS, ACTION), minval=-1, maxval=1),
        jax.random.normal(keys[2], (ROWS, 1)),
        jax.random.normal(keys[3], (ROWS, OBSERVATION)),
        (jax.random.uniform(keys[4], (ROWS, 1)) > 0.01).astype(jnp.float32),
    ]
    states = {name: begin(keys[5]) for name, (begin, _) in LEARNERS.items()}
    print(*states, flush=True)
    for line in sys.stdin:
        name, updates = line.split()
        began = time.perf_counter()
        states[name] = jax.block_until_ready(train(name, int(updates), states[name], log, keys[5]))
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
