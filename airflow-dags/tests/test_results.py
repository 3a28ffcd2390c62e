"""Exit codes."""

import pytest

from hindcast_airflow.results import Course, Ending, code_of_submission


@pytest.mark.parametrize("code", [6, 7, 8, -9, -15, 137, 143])
def test_conflicts_resources_interruptions_and_kills_are_tried_again(code):
    assert Ending(code).course is Course.RETRY


@pytest.mark.parametrize("code", [1, 2, 3, 5, 9, 10, 99, 255])
def test_everything_else_is_not(code):
    assert Ending(code).course is Course.FAIL


def test_done_goes_on_and_a_gate_that_says_no_skips():
    assert Ending(0).course is Course.GO_ON
    assert Ending(4).course is Course.SKIP


def test_words_have_the_meaning_and_the_last_line():
    ending = Ending(3, ("Reading", "Cannot read log.parquet: it is cut off.", ""))
    assert ending.words == "Exit code 3: the data broke its contract. Cannot read log.parquet: it is cut off."
    assert Ending(137).words == "Exit code 137: killed by SIGKILL."
    assert Ending(42).words == "Exit code 42: an exit code that hindcast does not use."


def test_the_code_of_a_submission_stands_in_its_words():
    assert code_of_submission("Cannot execute: spark-submit x. Error code is: 3.\nLast spark-submit output:\n7") == 3
    assert code_of_submission("No driver id is known") is None
