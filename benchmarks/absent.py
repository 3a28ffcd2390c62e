"""Stands in for libraries that a peer imports and, in what is measured here, does not use: for neural networks, plots and tables."""

import sys
import types


class Absent(type):
    """Whatever is asked of a library that is not there: a class, which has everything again."""

    def __getattr__(cls, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


def nothing(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    return Absent(name, (), {})


def leave_out(*modules: str) -> None:
    for name in modules:
        module = types.ModuleType(name)
        module.__path__ = []
        module.__getattr__ = nothing
        sys.modules[name] = module
