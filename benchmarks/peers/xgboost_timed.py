"""The XGBoost side of `tree_speed.py`: plain multi-class boosting on a table of the same size and kind. One argument, the number of rows.

Says `ready`, then reads numbers of rounds and answers each with `TREES SECONDS CPU-SECONDS` for a model from scratch.
"""

import sys
import time

import numpy as np
import xgboost

COLUMNS, ACTIONS = 20, 10


def table(rows):
    """As `SyntheticLog.table` draws it: a softmax of linear functions of all columns."""
    generator = np.random.default_rng(0)
    seen = generator.uniform(-1, 1, (rows, COLUMNS)).astype(np.float32)
    action, column = np.arange(ACTIONS), np.arange(COLUMNS)[:, None]
    logits = seen @ np.cos(7 * action + 3 * column + action * column).astype(np.float32)
    return seen, (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)


def main():
    seen, chosen = table(int(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        rounds = int(line)
        began, processor = time.perf_counter(), time.process_time()
        matrix = xgboost.DMatrix(seen, chosen, nthread=1)
        parameters = {"objective": "multi:softprob", "num_class": ACTIONS, "tree_method": "hist", "max_depth": 6, "eta": 0.1, "nthread": 1}
        xgboost.train(parameters, matrix, rounds)
        print(rounds * ACTIONS, time.perf_counter() - began, time.process_time() - processor, flush=True)


if __name__ == "__main__":
    main()
