"""Small numbers are hidden, and so is what they would follow from."""

import itertools

from core.suppression import SMALL, rounded, suppressed


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
