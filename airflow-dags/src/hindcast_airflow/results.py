"""What the end of a process means to a scheduler."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from enum import Enum, IntEnum


class ExitCode(IntEnum):
    """How ``hindcast`` ends, as its ``--help`` has it."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    DATA = 3
    GATE = 4
    INPUT_MISSING = 5
    CONFLICT = 6
    RESOURCES = 7
    INTERRUPTED = 8
    SECURITY = 9


class Course(Enum):
    """What a scheduler does next."""

    GO_ON = "go on"
    SKIP = "skip"
    RETRY = "retry"
    FAIL = "fail"


_MEANINGS = {
    ExitCode.DONE: (Course.GO_ON, "done"),
    ExitCode.FAULT: (Course.FAIL, "a fault of Hindcast"),
    ExitCode.USAGE: (Course.FAIL, "a mistake in the command or the config"),
    ExitCode.DATA: (Course.FAIL, "the data broke its contract"),
    ExitCode.GATE: (Course.SKIP, "the gate said no"),
    ExitCode.INPUT_MISSING: (Course.FAIL, "an input is missing"),
    ExitCode.CONFLICT: (Course.RETRY, "someone else holds it"),
    ExitCode.RESOURCES: (Course.RETRY, "memory, slots or disk ran out"),
    ExitCode.INTERRUPTED: (Course.RETRY, "interrupted, can be resumed"),
    ExitCode.SECURITY: (Course.FAIL, "refused for security"),
}


@dataclass(frozen=True)
class Ending:
    """How a process ended.

    :param code: its exit code; negative or above 128 when a signal ended it
    :param lines: the last lines it printed, oldest first
    """

    code: int
    lines: tuple[str, ...] = ()

    @property
    def course(self) -> Course:
        """What to do next. A process that was killed is worth another attempt: the machine may have been too small or gone."""
        if self._signal is not None:
            return Course.RETRY
        return _MEANINGS[ExitCode(self.code)][0] if self.code in set(ExitCode) else Course.FAIL

    @property
    def words(self) -> str:
        """One sentence, and the last line that the process printed."""
        if self._signal is not None:
            meaning = f"killed by {self._signal}"
        elif self.code in set(ExitCode):
            meaning = _MEANINGS[ExitCode(self.code)][1]
        else:
            meaning = "an exit code that hindcast does not use"
        last = next((line for line in reversed(self.lines) if line.strip()), "")
        return f"Exit code {self.code}: {meaning}." + (f" {last.strip()}" if last else "")

    @property
    def _signal(self) -> str | None:
        number = -self.code if self.code < 0 else self.code - 128
        return signal.Signals(number).name if 0 < number <= 64 and number in set(signal.Signals) else None


_SUBMIT_CODE = re.compile(r"Error code is: (-?\d+)")


def code_of_submission(message: str) -> int | None:
    """The exit code of a failed ``spark-submit``, from the words of the exception that its hook raises."""
    found = _SUBMIT_CODE.search(message)
    return int(found.group(1)) if found else None
