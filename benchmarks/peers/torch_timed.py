"""The PyTorch side of `speed.py`: reads lines `NAME UPDATES`, answers with the seconds they took."""

import sys
import time

import torch
from torch_learners import LEARNERS

OBSERVATION, ACTION, ROWS, BATCH = 11, 3, 100_000, 256


def main(threads: int) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    log = (
        torch.randn(ROWS, OBSERVATION),
        torch.rand(ROWS, ACTION) * 2 - 1,
        torch.randn(ROWS, 1),
        torch.randn(ROWS, OBSERVATION),
        (torch.rand(ROWS, 1) > 0.01).float(),
    )
    learners = {name: kind(OBSERVATION, ACTION, 1_000_000) for name, kind in LEARNERS.items()}
    print(*learners, flush=True)
    for line in sys.stdin:
        name, updates = line.split()
        began = time.perf_counter()
        for _ in range(int(updates)):
            rows = torch.randint(ROWS, (BATCH,))
            learners[name].update(*(column[rows] for column in log))
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
