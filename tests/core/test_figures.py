"""Pictures are true to their numbers, whatever the numbers are."""

import itertools
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import Sized, Spot, lens_area, lines_of, pin_map, spot_map, stacks_of, venn_of, venn_of_parts
from core.figures.lines import BOTTOM, HEIGHT, LEFT, RIGHT, TOP
from core.figures.pins import GAP, MOST_PINS, RADIUS, WIDTH

sets_of = st.sets(st.integers(0, 60), max_size=40)


def shared(one, two):
    """What these circles share, in the numbers that they stand for."""
    scale = one.size / (math.pi * one.radius**2)
    return lens_area(one.radius, two.radius, math.dist((one.x, one.y), (two.x, two.y))) * scale


def test_two_circles_share_half_moons_of_known_size():
    assert lens_area(1, 1, 2) == 0
    assert lens_area(1, 3, 0.5) == pytest.approx(math.pi)
    # Two unit circles through each other's middles: 2 pi / 3 - sqrt(3) / 2.
    assert lens_area(1, 1, 1) == pytest.approx(2 * math.pi / 3 - math.sqrt(3) / 2)


@given(sets_of, sets_of)
def test_two_circles_are_as_large_as_their_numbers_and_share_what_they_share(first, second):
    figure = venn_of([first, second])
    assert figure.is_true
    assert [circle.size for circle in figure.circles] == [len(one) for one in (first, second) if one]
    if len(figure.circles) == 2:
        one, two = figure.circles
        assert one.radius**2 / two.radius**2 == pytest.approx(one.size / two.size, rel=0.02)
        assert shared(one, two) == pytest.approx(len(first & second), abs=0.02 * max(one.size, two.size) + 0.02)


@given(st.tuples(sets_of, sets_of, sets_of))
def test_three_circles_hold_every_number_once_and_stay_on_the_paper(sets):
    figure = venn_of(sets)
    assert sum(region.size for region in figure.regions) == len(set().union(*sets))
    for circle in figure.circles:
        assert circle.radius <= circle.x + 0.1 <= figure.width - circle.radius + 0.2
        assert circle.radius <= circle.y + 0.1 <= figure.height - circle.radius + 0.2
    for one in figure.circles:
        for two in figure.circles:
            assert one.radius**2 / two.radius**2 == pytest.approx(one.size / two.size, rel=0.02)
            if figure.is_true and one.position < two.position:
                both = len(set(sets[one.position - 1]) & set(sets[two.position - 1]))
                assert shared(one, two) == pytest.approx(both, abs=0.08 * max(one.size, two.size) + 0.05)


@given(st.tuples(sets_of, sets_of, sets_of))
def test_a_number_stands_inside_its_own_circles_and_no_other(sets):
    figure = venn_of(sets)
    for region in figure.regions:
        if region.x is not None:
            for circle in figure.circles:
                is_in = math.dist((region.x, region.y), (circle.x, circle.y)) < circle.radius
                assert is_in == (circle.position in region.positions)


@pytest.mark.parametrize(
    ("sets", "drawn", "regions"),
    [
        ([{1, 2}, {3}], 2, {(1,): 2, (2,): 1}),  # apart
        ([{1, 2, 3}, {1}], 2, {(1, 2): 1, (1,): 2}),  # one inside the other
        ([{1, 2}, {1, 2}], 2, {(1, 2): 2}),  # the same
        ([set(), {1}], 1, {(2,): 1}),  # one empty
        ([set(), set(), set()], 0, {}),
        ([{1}, {2}, {3}], 3, {(1,): 1, (2,): 1, (3,): 1}),
        ([{1, 2, 3, 4}, {1, 2}, {1}], 3, {(1, 2, 3): 1, (1, 2): 1, (1,): 2}),
    ],
)
def test_sets_that_lie_oddly_are_drawn_too(sets, drawn, regions):
    figure = venn_of(sets)
    assert len(figure.circles) == drawn
    assert {region.positions: region.size for region in figure.regions} == regions
    assert all(region.x is not None for region in figure.regions)
    assert figure.is_true


# --- pins

places = st.lists(st.tuples(st.floats(49.9, 55.8), st.floats(-5.7, 1.7)), max_size=150)


@given(places)
def test_no_two_pins_touch_and_every_place_has_one_pin_or_is_too_far(points):
    spots = [Spot(key=key, latitude=lat, longitude=lon) for key, (lat, lon) in enumerate(points)]
    figure = pin_map(spots)
    assert len(figure.pins) <= MOST_PINS
    assert [pin.number for pin in figure.pins] == list(range(1, len(figure.pins) + 1))
    assert sorted([*figure.beyond, *(key for pin in figure.pins for key in pin.keys)]) == list(range(len(points)))
    for pin in figure.pins:
        assert RADIUS <= pin.x <= WIDTH - RADIUS
        assert RADIUS <= pin.y <= figure.height - RADIUS
        for other in figure.pins:
            assert other is pin or math.dist((pin.x, pin.y), (other.x, other.y)) >= GAP


def test_one_place_far_away_does_not_squeeze_the_town():
    town = [Spot(key=key, latitude=53 + key / 50, longitude=-1.5) for key in range(5)]
    figure = pin_map([*town, Spot(key=99, latitude=50, longitude=-5)])
    assert figure.beyond == (99,)
    assert len(figure.pins) == 5


def test_around_a_place_its_circle_is_whole_and_north_is_up():
    spots = [
        Spot(key=1, latitude=53.05, longitude=-1.5, town="Upton"),
        Spot(key=2, latitude=53.0, longitude=-1.4),
        Spot(key=3, latitude=53.5, longitude=-1.5),
    ]
    figure = pin_map(spots, around=(53.0, -1.5), miles=5)
    x, y = figure.middle
    assert figure.ring <= min(x, y, figure.height - y)
    north, east = figure.pins
    assert north.y < y
    assert north.x == x
    assert east.x > x
    # 0.05 of a degree are 3.455 miles.
    assert (y - north.y) / figure.ring == pytest.approx(3.455 / 5, abs=0.02)
    assert figure.beyond == (3,)
    assert [word.text for word in figure.words] == ["Upton"]


def test_names_cover_neither_pins_nor_each_other():
    spots = [
        Spot(key=key, latitude=53 + (key % 7) / 60, longitude=-1.5 + key / 40, town=f"Ton {key}") for key in range(16)
    ]
    figure = pin_map(spots)
    assert figure.words
    for word in figure.words:
        for pin in figure.pins:
            half = 7.4 * len(word.text) / 2
            is_beside = abs(pin.x - word.x) >= half + RADIUS - 0.5
            assert is_beside or not word.y - 12 - RADIUS < pin.y < word.y + 4 + RADIUS - 0.5


def test_two_or_three_places_stand_away_from_the_edges():
    two = pin_map([Spot(key=1, latitude=53, longitude=-1.5), Spot(key=2, latitude=53, longitude=-1.3)])
    assert 70 < two.pins[0].x < two.pins[1].x < 270
    many = pin_map([Spot(key=key, latitude=53, longitude=-1.5 + key / 20) for key in range(5)])
    assert (many.pins[0].x, many.pins[-1].x) == (26, 314)


def test_a_map_of_nothing_is_still_a_map():
    assert pin_map([]).pins == []
    assert pin_map([], around=(53, -1.5), miles=3).middle == (170.0, 170.0)


def test_the_scale_bar_is_a_round_number_and_fits():
    figure = pin_map([Spot(key=1, latitude=53, longitude=-1.5), Spot(key=2, latitude=53.1, longitude=-1.5)])
    assert figure.bar_miles == 2
    # 6.91 miles, and room above and below so few places, are as high as the picture between its edges.
    assert figure.bar_width == pytest.approx(2 * (360 - 52) / (6.91 * 1.6), abs=0.5)


numbers_of_days = st.lists(st.none() | st.integers(0, 100_000), min_size=1, max_size=60)


@given(numbers_of_days)
def test_every_number_of_a_line_is_where_it_belongs_and_what_is_missing_is_a_gap(numbers):
    chart = lines_of([("All", numbers)], labels=[str(day) for day in range(len(numbers))])

    [line] = chart.lines
    points = [tuple(map(float, point.split())) for point in re.split("[ML]", line.path)[1:]]
    assert len(points) == sum(number is not None for number in numbers)
    top = int(chart.up[-1].text)
    for number, (x, y) in zip((number for number in numbers if number is not None), points, strict=True):
        assert LEFT <= x <= chart.width - RIGHT
        assert y == pytest.approx(HEIGHT - BOTTOM - number / top * (HEIGHT - BOTTOM - TOP), abs=0.06)
    begun = sum(one is not None and before is None for before, one in itertools.pairwise([None, *numbers]))
    assert line.path.count("M") == begun
    assert 2 <= len(chart.up) <= 6


def test_percents_go_up_to_a_hundred_and_a_single_day_stands_in_the_middle():
    chart = lines_of([("This year", [40]), ("Last year", [None])], labels=["2 Sep"], most=100, unit="%")

    assert [mark.text for mark in chart.up] == ["0%", "20%", "40%", "60%", "80%", "100%"]
    assert [(mark.text, mark.anchor) for mark in chart.across] == [("2 Sep", "middle")]
    assert (len(chart.lines[0].dots), chart.lines[1].dots, chart.lines[1].path) == (1, [], "")


def test_large_numbers_have_room_before_the_axis():
    assert [lines_of([("Visits", [0, most])], labels=["a", "b"]).left for most in (4_000, 12_000)] == [LEFT, LEFT + 9]


def test_parts_of_a_bar_are_as_long_as_their_numbers_and_follow_each_other():
    figure = stacks_of([("A" * 50, [30, None, 10]), ("short", [0, 5, 0])], parts=["one", "two", "three"])
    long, short = figure.stacks
    assert [(part.position, part.x, part.width) for part in long.parts] == [(1, 0, 216.0), (3, 216.0, 72.0)]
    assert [(part.position, part.width, part.middle) for part in short.parts] == [(2, 36.0, 18.0)]
    assert [len(stack.lines) for stack in figure.stacks] == [2, 1]  # a long name is two lines
    assert [text for _position, text, _down in figure.key] == ["one", "two", "three"]
    assert max(stack.top + figure.bar for stack in figure.stacks) < figure.height
    [alone] = stacks_of([("one bar", [7])], parts=["all"]).stacks
    assert (alone.number, alone.end) == (7, 294.0)  # its number beside it, inside the paper


def test_circles_on_a_map_are_as_large_as_their_numbers_and_stay_on_the_paper():
    places = [
        Sized(number=1, kind=1, size=400, latitude=53.7, longitude=-1.8),
        Sized(number=2, kind=1, size=100, latitude=53.8, longitude=-1.5),
        Sized(number=3, kind=2, size=3, latitude=53.7, longitude=-1.8),
    ]
    figure = spot_map(places, kinds=["homes", "courses"])
    large, small, course = figure.spots
    assert large.radius == pytest.approx(2 * small.radius)
    assert (course.radius, course.is_named) == (large.radius, False)  # the largest of its kind; 1 stands there already
    for spot in figure.spots:
        assert spot.radius <= spot.x <= figure.width - spot.radius
        assert spot.radius <= spot.y <= figure.height - spot.radius
    assert small.y < large.y  # north is at the top
    assert spot_map([], kinds=[]).spots == []


def test_circles_of_one_kind_leave_room_for_those_of_another():
    homes = [Sized(number=at, kind=1, size=100 + at, latitude=53.7, longitude=-1.8) for at in range(70)]
    courses = [Sized(number=at, kind=2, size=at, latitude=53.7, longitude=-1.8) for at in range(100, 180)]
    spots = spot_map(homes + courses, kinds=["homes", "courses"]).spots
    assert [spot.number for spot in spots if spot.kind == 1] == [*range(69, 39, -1)]
    assert [spot.number for spot in spots if spot.kind == 2] == [*range(179, 149, -1)]


def test_sets_known_by_their_parts_only_are_drawn_like_others():
    figure = venn_of_parts([10, 5, 15], sets=2)
    assert [circle.size for circle in figure.circles] == [15, 25]
    assert [(region.positions, region.size) for region in figure.regions] == [((1, 2), 10), ((1,), 5), ((2,), 15)]
