"""Behavior cloning, TD3+BC (Fujimoto, Gu, 2021) and IQL (Kostrikov, Nair, Levine, 2021) in eager PyTorch, the way single-file programs write them.

Networks have two hidden layers of 256, batches 256 rows. Used to compare speed, and by `train_peer.py` to know which returns to expect.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 256
LEARNING_RATE = 3e-4
DISCOUNT = 0.99
POLYAK = 0.005


def perceptron(inputs: int, outputs: int, *last: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, outputs), *last)


class TwinCritic(nn.Module):
    def __init__(self, observation: int, action: int):
        super().__init__()
        self.first = perceptron(observation + action, 1)
        self.second = perceptron(observation + action, 1)

    def forward(self, observations: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
        both = torch.cat([observations, actions], dim=1)
        return self.first(both), self.second(both)


def adam(module: nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam(module.parameters(), lr=LEARNING_RATE)


def step(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


@torch.no_grad()
def polyak(target: nn.Module, source: nn.Module) -> None:
    for slow, fast in zip(target.parameters(), source.parameters(), strict=True):
        slow.lerp_(fast, POLYAK)


class BehaviorCloning:
    """Mean squared error to the logged action. `updates` is how many there will be; here it matters to IQL only."""

    def __init__(self, observation: int, action: int, updates: int):
        self.actor = perceptron(observation, action, nn.Tanh())
        self.optimizer = adam(self.actor)

    def update(self, o: Tensor, a: Tensor, r: Tensor, n: Tensor, m: Tensor) -> None:
        """One step: observations, actions in [-1, 1], rewards (B, 1), next observations, 0 where the world ended (B, 1)."""
        step(self.optimizer, functional.mse_loss(self.actor(o), a))


class Td3Bc:
    def __init__(self, observation: int, action: int, updates: int):
        self.actor = perceptron(observation, action, nn.Tanh())
        self.critic = TwinCritic(observation, action)
        self.target_actor, self.target_critic = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.actor_optimizer, self.critic_optimizer = adam(self.actor), adam(self.critic)
        self.updates = 0

    def update(self, o: Tensor, a: Tensor, r: Tensor, n: Tensor, m: Tensor) -> None:
        self.updates += 1
        with torch.no_grad():
            noise = (torch.randn_like(a) * 0.2).clamp(-0.5, 0.5)
            next_action = (self.target_actor(n) + noise).clamp(-1, 1)
            target = r + DISCOUNT * m * torch.minimum(*self.target_critic(n, next_action))
        first, second = self.critic(o, a)
        step(self.critic_optimizer, functional.mse_loss(first, target) + functional.mse_loss(second, target))
        if self.updates % 2 == 0:
            chosen = self.actor(o)
            q = self.critic.first(torch.cat([o, chosen], dim=1))
            step(self.actor_optimizer, -2.5 / q.abs().mean().detach() * q.mean() + functional.mse_loss(chosen, a))
            polyak(self.target_critic, self.critic)
            polyak(self.target_actor, self.actor)


class Iql:
    """Expectile 0.7, inverse temperature 3, Gaussian policy with a tanh mean and one spread per action."""

    def __init__(self, observation: int, action: int, updates: int):
        self.actor = perceptron(observation, action, nn.Tanh())
        self.log_spread = nn.Parameter(torch.zeros(action))
        self.critic = TwinCritic(observation, action)
        self.target_critic = copy.deepcopy(self.critic)
        self.value = perceptron(observation, 1)
        self.value_optimizer, self.critic_optimizer = adam(self.value), adam(self.critic)
        self.actor_optimizer = torch.optim.Adam([*self.actor.parameters(), self.log_spread], lr=LEARNING_RATE)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.actor_optimizer, updates)

    def update(self, o: Tensor, a: Tensor, r: Tensor, n: Tensor, m: Tensor) -> None:
        with torch.no_grad():
            next_value = self.value(n)
            q = torch.minimum(*self.target_critic(o, a))
        advantage = q - self.value(o)
        weight = torch.abs(0.7 - (advantage.detach() < 0).float())
        step(self.value_optimizer, (weight * advantage**2).mean())
        target = r + DISCOUNT * m * next_value
        first, second = self.critic(o, a)
        step(self.critic_optimizer, (functional.mse_loss(first, target) + functional.mse_loss(second, target)) / 2)
        polyak(self.target_critic, self.critic)
        policy = torch.distributions.Normal(self.actor(o), self.log_spread.clamp(-20, 2).exp())
        importance = (3 * advantage.detach()).exp().clamp(max=100)
        step(self.actor_optimizer, -(importance * policy.log_prob(a).sum(dim=1, keepdim=True)).mean())
        self.schedule.step()


LEARNERS = {"behavior-cloning": BehaviorCloning, "td3-bc": Td3Bc, "iql": Iql}
