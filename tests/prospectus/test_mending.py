"""One thing set for many courses at once: what it would do, what it does, and what it leaves alone."""

import datetime as dt

import pytest

from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.actions.editing import edit_course
from prospectus.actions.health import refresh_health
from prospectus.actions.mending import MOST_AT_ONCE, mend_courses
from prospectus.models import Course, CourseRun, CourseSearch, Subject
from prospectus.queries.health import Problem
from tests.factories import CycleFactory, ProviderFactory, RoleKind, StaffRoleFactory
from tests.look import fits, small_targets
from tests.prospectus.test_health import course, problems
from tests.prospectus.test_health_pages import list_of, words
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def northfield(reference):
    CycleFactory()
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def seen(*courses):
    return {each.reference: each.changed_at for each in courses}


def mend(provider, by, problem, courses, **answers):
    return mend_courses(provider=provider, problem=Problem(problem), seen=seen(*courses), answers=answers, by=by)


def mend_url(provider, problem):
    return f"/desk/health/mend/{provider.reference}/{problem}/"


# --- the action


def test_all_of_them_have_the_level_and_each_has_its_history(northfield, editor):
    courses = [course(northfield, levels=[]) for _ in range(3)]

    mended = mend(northfield, editor, "level", courses, levels=["2", "3"])

    assert mended == (3, [])
    assert list(Course.objects.values_list("levels", flat=True)) == [["2", "3"]] * 3
    assert [event.facts["fields"] for event in Event.objects.filter(verb="course.edit")] == [["levels"]] * 3
    together = Event.objects.get(verb="provider.mend_courses")
    assert (together.by, together.facts) == (editor, {"problem": "level", "courses": 3})
    assert problems(northfield) == {}
    assert CourseSearch.objects.filter(levels=["2", "3"]).count() == 3


def test_the_subject_is_the_one_that_was_chosen(northfield, editor):
    courses = [course(northfield, subject=None) for _ in range(2)]
    plumbing = Subject.objects.get(pk="05.2")

    assert mend(northfield, editor, "subject", courses, subject=plumbing).done == 2
    assert set(Course.objects.values_list("subject", flat=True)) == {"05.2"}


def test_variants_of_a_title_have_the_one_title(northfield, editor):
    courses = [course(northfield, title=title) for title in ("Painting & Decorating", "Painting and decorating")]

    mended = mend(northfield, editor, "titles", courses, title="Painting and decorating")

    assert mended == (1, [(courses[1], "It is so already.")])
    assert set(Course.objects.values_list("title", flat=True)) == {"Painting and decorating"}


def test_a_text_goes_only_where_there_is_none(northfield, editor):
    bare = course(northfield, how_assessed="")
    said = course(northfield, what_you_do="", how_assessed="<p>By a test.</p>")

    mended = mend(
        northfield, editor, "texts", [bare, said],
        what_you_do="", how_assessed="<p>You show what you can do.</p>", entry_requirements="<p>Nothing.</p>",
    )  # fmt: skip

    assert mended == (1, [(said, "It is so already.")])
    bare.refresh_from_db()
    said.refresh_from_db()
    assert (bare.how_assessed, said.how_assessed) == ("<p>You show what you can do.</p>", "<p>By a test.</p>")


def test_each_course_has_its_own_sentence_where_many_had_one(northfield, editor):
    courses = [course(northfield, summary="Same again.") for _ in range(4)]
    assert problems(northfield) == {"copied": 4}

    mend(northfield, editor, "copied", courses, summaries={each.reference: f"About {each.title}." for each in courses})

    assert problems(northfield) == {}
    assert Course.objects.get(pk=courses[0].pk).summary == f"About {courses[0].title}."


def test_links_begin_with_https_also_in_texts_and_of_dates(northfield, editor):
    made = course(
        northfield,
        website="http://a.example/",
        leads_to='<p><a href="http://b.example/">B</a></p>',
        run={"apply_url": "http://c.example/apply"},
    )

    assert mend(northfield, editor, "links", [made], dead=frozenset()).done == 1

    made.refresh_from_db()
    assert made.website == "https://a.example/"
    assert made.leads_to == '<p><a href="https://b.example/">B</a></p>'
    assert CourseRun.objects.get().apply_url == "https://c.example/apply"
    assert sorted(Event.objects.values_list("verb", flat=True)) == ["course.edit", "provider.mend_courses", "run.edit"]
    assert problems(northfield) == {}


def test_courses_without_a_date_to_come_are_withdrawn(northfield, editor):
    over = course(northfield, run={"starts_on": dt.date(2026, 9, 1)})

    assert mend(northfield, editor, "expired", [over]).done == 1

    over.refresh_from_db()
    assert over.state == "withdrawn"
    assert Event.objects.get(verb="course.withdraw").facts == {"provider": northfield.pk, "live": 0}
    assert not CourseSearch.objects.exists()


def test_a_course_that_somebody_changed_meanwhile_stays_and_is_listed(northfield, editor):
    first, second = course(northfield, levels=[]), course(northfield, levels=[])
    known = seen(first, second)
    edit_course(course=first, values={"summary": "New words."}, by=editor)

    mended = mend_courses(provider=northfield, problem=Problem.LEVEL, seen=known, answers={"levels": ["2"]}, by=editor)

    assert mended.done == 1
    assert mended.refused == [(first, "Somebody changed it while you looked. Open it and look again.")]
    assert Course.objects.get(pk=first.pk).levels == []


def test_what_everybody_sees_may_not_lose_what_publishing_asks_for(northfield, editor):
    good, above = course(northfield, levels=[]), course(northfield, levels=["2"])

    mended = mend(northfield, editor, "level", [good, above], levels=["6"])

    # The first had no level, which is no better; the second would be lost.
    assert mended.done == 1
    assert [(refused, "Level 3" in sentence) for refused, sentence in mended.refused] == [(above, True)]
    assert Course.objects.get(pk=above.pk).levels == ["2"]


def test_a_withdrawn_course_is_listed(northfield, editor):
    gone = course(northfield, levels=[], state="withdrawn")

    refused = mend(northfield, editor, "level", [gone], levels=["2"]).refused

    assert refused == [(gone, "It is not in the prospectus any more.")]
    assert not Event.objects.exists()


def test_a_course_of_another_provider_is_not_touched(northfield, editor):
    theirs = course(ProviderFactory(), levels=[])

    assert mend(northfield, editor, "level", [theirs], levels=["2"]) == (0, [])
    assert Course.objects.get(pk=theirs.pk).levels == []


def test_only_who_keeps_the_courses_mends_them(northfield):
    other = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user

    with pytest.raises(NotAllowed):
        mend(northfield, other, "level", [course(northfield, levels=[])], levels=["2"])


def test_more_than_fit_are_refused(northfield, editor):
    known = {str(number): clock.now() for number in range(MOST_AT_ONCE + 1)}

    with pytest.raises(RuleBroken) as refused:
        mend_courses(provider=northfield, problem=Problem.LEVEL, seen=known, answers={"levels": ["2"]}, by=editor)

    assert refused.value.code == "too_many"


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_mend_at_once_the_second_is_told(northfield, editor):
    made = course(northfield, levels=[])

    def choose(level):
        return lambda: mend(northfield, editor, "level", [made], levels=[level])

    results = at_once(choose("2"), choose("3"))

    assert sorted(result.done for result in results) == [0, 1]
    assert Event.objects.filter(verb="course.edit").count() == 1


# --- the pages


def test_the_ticked_are_seen_before_and_after_and_then_changed(desk, northfield):
    courses = [course(northfield, title=f"Course {name}", levels=[]) for name in ("One", "Two", "Three")]
    refresh_health()
    ticked = [each.reference for each in courses[:2]]

    chosen = words(desk.get(mend_url(northfield, "level"), {"course": ticked}))
    shown = desk.post(mend_url(northfield, "level"), {"course": ticked, "levels": ["3"]})
    assert Course.objects.filter(levels=["3"]).count() == 0
    known = shown.context["seen"]
    done = desk.post(mend_url(northfield, "level"), {"course": ticked, "levels": ["3"], "seen": known}, follow=True)

    assert "2 courses of Northfield College Choose the level of many courses" in chosen
    assert "2 courses of Northfield College would change. Nothing has been done yet." in words(shown)
    assert "Level Nothing Level 3" in words(shown)
    assert "Change 2 courses" in words(shown)
    assert "Changed 2 courses." in words(done)
    assert sorted(Course.objects.filter(levels=["3"]).values_list("reference", flat=True)) == sorted(ticked)


def test_all_of_the_list_is_chosen_with_one_press(desk, northfield):
    for _ in range(3):
        course(northfield, levels=[])
    course(northfield)
    refresh_health()

    assert "All 3 on this list" in words(desk.get(list_of(northfield, "level")))
    assert len(desk.get(mend_url(northfield, "level"), {"all": "1"}).context["courses"]) == 3


def test_those_that_could_not_be_changed_are_listed(desk, northfield, editor):
    first, second = course(northfield, levels=[]), course(northfield, levels=[])
    refresh_health()
    answers = {"course": [first.reference, second.reference], "levels": ["3"]}
    known = desk.post(mend_url(northfield, "level"), answers).context["seen"]
    edit_course(course=first, values={"summary": "New words."}, by=editor)

    said = words(desk.post(mend_url(northfield, "level"), answers | {"seen": known}))

    assert "1 course changed, 1 not" in said
    assert f"{first.title} {first.provider_reference} Somebody changed it while you looked." in said


def test_nothing_ticked_leads_back_to_the_list(desk, northfield):
    course(northfield, levels=[])
    refresh_health()

    said = words(desk.get(mend_url(northfield, "level"), follow=True))

    assert "Tick at least one course." in said
    assert "No level is chosen" in said


@pytest.mark.parametrize(
    ("problem", "answers", "sentence"),
    [
        ("level", {}, "Choose a level"),
        ("level", {"levels": ["9"]}, "Select a valid choice"),
        ("subject", {"subject": ""}, "Choose a subject"),
        ("titles", {"chosen": "*", "other_title": " "}, "Write the title"),
        ("titles", {}, "Choose a title"),
        ("titles", {"chosen": "Painting & Decorating", "other_title": "Painting"}, "You chose another title above"),
        ("texts", {}, "Write at least one of the texts"),
    ],
)
def test_what_is_not_chosen_is_asked_for(desk, northfield, problem, answers, sentence):
    made = course(northfield, levels=[], subject=None, what_you_do="", title="Painting & Decorating")
    course(northfield, levels=[], title="Painting and Decorating")
    refresh_health()

    assert sentence in words(desk.post(mend_url(northfield, problem), {"course": [made.reference]} | answers))


def test_a_title_that_is_written_is_chosen_without_its_button(desk, northfield):
    made = course(northfield, title="Painting & Decorating")
    other = course(northfield, title="Painting and Decorating")
    refresh_health()
    answers = {"course": [made.reference, other.reference], "other_title": "Painting for homes"}

    shown = desk.post(mend_url(northfield, "titles"), answers)
    desk.post(mend_url(northfield, "titles"), answers | {"seen": shown.context["seen"]})

    made.refresh_from_db()
    assert made.title == "Painting for homes"


def test_words_that_are_typed_are_cleaned_and_shown_as_text(desk, northfield):
    made = course(northfield, how_assessed="")
    refresh_health()
    answers = {"course": [made.reference], "how_assessed": "<script>alert(1)</script>A test.\n\n- one"}

    shown = desk.post(mend_url(northfield, "texts"), answers)
    desk.post(mend_url(northfield, "texts"), answers | {"seen": shown.context["seen"]})

    made.refresh_from_db()
    assert "<script>alert" not in shown.content.decode()
    assert "<script" not in made.how_assessed
    assert "A test." in made.how_assessed


@pytest.mark.parametrize("problem", ["reading", "coming", "nonsense"])
def test_what_cannot_be_set_for_many_has_no_page(desk, northfield, problem):
    assert desk.get(mend_url(northfield, problem), {"all": "1"}).status_code == 404


@pytest.mark.parametrize("known", [["nonsense"], ["A=B"], [f"{'A' * 10}=2026-11-18T10:00:00+00:00"]])
def test_what_no_page_of_ours_sends_changes_nothing(desk, northfield, known):
    made = course(northfield, levels=[])
    refresh_health()

    desk.post(mend_url(northfield, "level"), {"course": [made.reference], "levels": ["3"], "seen": known})

    made.refresh_from_db()
    assert made.levels == []


def test_another_providers_list_is_not_there(desk):
    other = ProviderFactory()
    made = course(other, levels=[])
    refresh_health()

    assert desk.get(mend_url(other, "level"), {"course": [made.reference]}).status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_choosing_and_seeing_ask_the_same_of_one_course_and_of_more(
    desk, northfield, number, django_assert_num_queries
):
    courses = [course(northfield, levels=[]) for _ in range(number)]
    refresh_health()
    ticked = [each.reference for each in courses]

    with django_assert_num_queries(8):
        desk.get(mend_url(northfield, "level"), {"course": ticked})
    with django_assert_num_queries(8):
        desk.post(mend_url(northfield, "level"), {"course": ticked, "levels": ["3"]})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_many_are_mended_in_a_browser_without_scripts_too(open_page, axe, northfield, editor):
    for name in ("One", "Two"):
        course(northfield, title=f"Course {name}", levels=[])
    refresh_health()
    for width in (320, 1200):
        page = open_page(list_of(northfield, "level"), width=width, user=editor)
        axe(page)
        fits(page)
        with page.expect_navigation():
            page.get_by_role("button", name="All 2 on this list").click()
        axe(page)
        fits(page)
        page.get_by_label("Level 3").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Show me what would change").click()
        axe(page)
        fits(page)
        assert small_targets(page) == []
    page.get_by_role("button", name="Change 2 courses").click()
    page.get_by_text("Changed 2 courses.").wait_for()
