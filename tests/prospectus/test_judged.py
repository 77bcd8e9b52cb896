"""The judged searches: their shape, and how many of the seen part the small town's search must answer."""

import csv

from config.bench.relevance import FOLDER, Judged, figures, is_it, read_judged
from config.demo.offerings import all_providers, offerings_of
from config.demo.year import ENTRY_YEAR


def test_there_are_a_hundred_to_tune_on_and_fifty_that_nobody_looks_at_and_none_is_both():
    seen, held_out = read_judged("seen"), read_judged("held_out")
    further = read_judged("open")
    # A number only: a failure would show what is held out.
    different = len({" ".join(one.query.lower().split()) for one in (*seen, *held_out, *further)})
    assert (len(seen), len(held_out), len(further), different) == (100, 50, 55, 205)
    assert all(one.must and all(one.must) for one in (*seen, *held_out, *further))


def test_the_files_have_the_columns_that_are_promised():
    for name in ("seen", "open", "held_out"):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
            assert csv.DictReader(file).fieldnames == ["query", "who", "kind", "must", "also", "note"]


def test_every_requirement_needs_one_of_its_courses_among_the_first_five():
    one = Judged(query="maths and art", must=(("Maths", "Sums @ North"), ("Art",)), also=("Statistics",))
    assert one.is_answered([("sums", "North"), ("ART", "South")])
    assert not one.is_answered([("sums", "South"), ("Art", "South")])
    assert not one.is_answered([("Maths", "North"), *[("Dance", "North")] * 4, ("Art", "South")])
    assert one.reciprocal_rank([("Dance", "North"), ("Statistics", "North")]) == 0.5
    assert one.reciprocal_rank([]) == 0
    assert figures([one, one], lambda _text: [("Maths", ""), ("Art", "")]) == (100, 1)


def test_a_course_may_be_named_with_its_provider():
    assert is_it("Maths @ North", ("MATHS", "North"))
    assert not is_it("Maths @ North", ("Maths", "South"))


def test_every_course_that_is_asked_for_is_in_the_full_town():
    names = set()
    for provider in all_providers():
        for one in offerings_of(provider, entry_year=ENTRY_YEAR, is_full=True):
            title = _plain(one.title)
            names |= {title, f"{title} @ {_plain(provider.name)}"}
    unknown = {
        wanted
        for part in ("seen", "open", "held_out")
        for one in read_judged(part)
        for group in one.must
        for wanted in group
        if _plain(wanted) not in names
    }
    assert len(unknown) == 0  # their number only: those of the held-out part are nobody's to read


def _plain(text):
    return " ".join(text.casefold().split())
