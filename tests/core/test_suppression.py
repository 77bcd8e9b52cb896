"""Small numbers are hidden, and so is what they would follow from."""

import datetime as dt
import itertools

from core import clock
from core.suppression import SMALL, blurred, could_be, rounded, suppressed


def test_what_is_small_is_hidden_and_a_second_one_with_it():
    assert suppressed([10, 3, 8, 0]) == [10, None, None, 0]
    assert suppressed([10, 3, 2, 0]) == [10, None, None, 0]
    assert suppressed([10, 20]) == [10, 20]
    assert suppressed([0, 0]) == [0, 0]
    assert suppressed([3]) == [None]
    assert suppressed([]) == []


def test_two_that_are_small_together_hide_a_third():
    assert suppressed([1, 2, 30]) == [None, None, None]
    assert suppressed([1, 1, 30, 40]) == [None, None, None, 40]


def test_the_rest_of_a_whole_is_not_small_either():
    assert suppressed([28, 10, 12], of=[30, 30, 30]) == [None, None, 12]


def test_nothing_small_follows_from_what_is_shown():
    for numbers in itertools.product(range(8), repeat=3):
        shown = suppressed(numbers)
        hidden = [number for number, one in zip(numbers, shown, strict=True) if one is None]
        assert not any(one in SMALL for one in shown)
        if hidden and None in shown and any(one for one in shown):
            assert len(hidden) > 1
            assert sum(hidden) not in SMALL


def test_rounding_is_to_the_nearest():
    assert [rounded(number) for number in (0, 2, 3, 7, 8, 1799)] == [0, 0, 5, 5, 10, 1800]


def test_rests_that_are_small_together_hide_a_third():
    assert suppressed([19, 29, 40], of=[20, 30, 80]) == [None, None, None]
    assert suppressed([19, 27, 40], of=[20, 30, 80]) == [None, None, None]
    assert suppressed([19, 26, 40], of=[20, 30, 80]) == [None, None, 40]


def test_a_question_has_one_answer_near_the_number():
    questions = [f"year_group={number}" for number in range(40)]
    ways = {number: {blurred(number, question=one) for one in questions} for number in range(12)}
    assert ways == {
        0: {0}, 1: {0}, 2: {0, 5}, 3: {5}, 4: {5}, 5: {5}, 6: {5}, 7: {5, 10}, 8: {10}, 9: {10}, 10: {10}, 11: {10},
    }  # fmt: skip
    assert [blurred(7, question=one) for one in questions] == [blurred(7, question=one) for one in questions]
    with clock.at(dt.datetime(2026, 12, 18, 10, tzinfo=dt.UTC)):  # a number that went both ways by then would be told
        later = {number: {blurred(number, question=one) for one in questions[:1]} for number in ways}
    assert later == {number: {blurred(number, question=one) for one in questions[:1]} for number in ways}
    assert all(number in could_be(shown) for number, answers in ways.items() for shown in answers)


def test_no_two_answers_say_that_something_is_true_of_one_to_four_people():
    """Whatever else is known: how many are between two questions, or how many one is about."""
    shown = range(0, 60, 5)
    for whole in range(5, 60):  # of one answer, beside the exact number it is out of: five people at least
        for one in shown:
            numbers = [number for number in could_be(one) if number <= whole]
            assert not numbers or not set(numbers) <= set(SMALL)
            assert not numbers or not {whole - number for number in numbers} <= set(SMALL)
    for inner in shown:  # of two answers, the people of one being among those of the other
        for outer in shown:
            for between in range(60):
                more = {b - a for a in could_be(inner) for b in could_be(outer) if 0 <= b - a <= between}
                assert not more or not more <= set(SMALL)


def test_plain_rounding_would_tell():
    """What the test above is for: 5 and 10 with one person between them."""
    near = {shown: [number for number in range(20) if rounded(number) == shown] for shown in (5, 10)}
    assert {b - a for a in near[5] for b in near[10] if 0 <= b - a <= 1} == {1}
