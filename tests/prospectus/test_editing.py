"""Courses and partners written down by hand: what each action leaves behind, and each way it says no."""

import datetime as dt

import pytest

from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions import refresh_search
from prospectus.actions.changing import ChangedMeanwhile, NotReady
from prospectus.actions.consortia import (
    create_consortium,
    edit_consortium,
    end_consortium,
    join_consortium,
    leave_consortium,
)
from prospectus.actions.editing import Requirement, create_course, edit_course, set_requirements, share_course
from prospectus.actions.runs import create_run
from prospectus.models import Course, CourseSearch, CourseState
from providers.models import RoleKind
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory, StaffRoleFactory
from tests.reference import load_reference

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference(db):
    load_reference()


@pytest.fixture
def northfield():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def stranger():
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory(name="Southbank Sixth Form")).user


def complete(provider, **facts):
    """A published course that passes every rule of publishing."""
    texts = {"what_you_do": "<p>Fit pipes.</p>", "how_assessed": "<p>Tests.</p>", "entry_requirements": "<p>None.</p>"}
    course = CourseFactory(provider=provider, **(texts | facts))
    CourseRunFactory(course=course)
    refresh_search()
    return course


def found(words):
    return set(CourseSearch.objects.filter(title__contains=words).values_list("course", flat=True))


# --- courses


def test_a_new_course_is_a_draft_that_only_its_keepers_see(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")

    assert (course.state, course.upload, course.provider_reference) == (CourseState.DRAFT, None, course.reference)
    assert list(Course.objects.visible_to(editor)) == [course]
    assert Course.objects.published().count() == 0
    assert [(event.verb, event.facts) for event in Event.objects.all()] == [
        ("course.create", {"provider": northfield.pk})
    ]


def test_somebody_else_creates_nothing_for_the_provider(northfield, stranger):
    with pytest.raises(NotAllowed):
        create_course(provider=northfield, by=stranger, title="Plumbing")
    assert Course.objects.count() == 0


def test_a_course_keeps_a_code_of_its_own(northfield, editor):
    first = create_course(provider=northfield, by=editor, title="Plumbing", provider_reference="P1")
    with pytest.raises(RuleBroken) as refused:
        create_course(provider=northfield, by=editor, title="Heating", provider_reference="P1")
    assert refused.value.code == "code_taken"
    second = create_course(provider=northfield, by=editor, title="Heating")
    with pytest.raises(RuleBroken) as refused:
        edit_course(course=second, values={"provider_reference": "P1"}, by=editor)
    assert refused.value.code == "code_taken"
    assert edit_course(course=first, values={"provider_reference": ""}, by=editor).provider_reference == first.reference


def test_a_draft_may_lack_anything(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")

    edit_course(course=course, values={"title": "", "summary": "Pipes."}, by=editor)

    course.refresh_from_db()
    assert (course.title, course.summary) == ("", "Pipes.")
    assert Event.objects.first().facts == {"provider": northfield.pk, "fields": ["summary", "title"]}


def test_saving_what_is_there_already_writes_nothing(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")
    edit_course(course=course, values={"title": "Plumbing"}, by=editor)

    assert [event.verb for event in Event.objects.all()] == ["course.create"]
    assert Course.objects.get().changed_at == course.changed_at


def test_a_change_to_what_everybody_sees_is_found_at_once(northfield, editor):
    course = complete(northfield, title="Plumbing")
    edit_course(course=course, values={"title": "Heating"}, by=editor)
    assert (found("heating"), found("plumbing")) == ({course.pk}, set())


def test_what_everybody_sees_may_not_lose_what_publishing_asks_for(northfield, editor):
    course = complete(northfield, title="Plumbing")

    with pytest.raises(NotReady) as refused:
        edit_course(course=course, values={"title": "Heating", "how_assessed": ""}, by=editor)

    assert [failing.field for failing in refused.value.failings] == ["how_assessed"]
    assert Course.objects.get().title == "Plumbing"


def test_a_course_from_a_feed_can_be_mended_a_little_at_a_time(northfield, editor):
    course = complete(northfield, how_assessed="", entry_requirements="", what_you_do="")
    edit_course(course=course, values={"how_assessed": "<p>Tests.</p>"}, by=editor)
    assert Course.objects.get().how_assessed == "<p>Tests.</p>"


def test_of_two_who_opened_it_the_second_is_told_and_nothing_is_lost(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")
    as_of = course.changed_at
    edit_course(course=course, values={"title": "Heating"}, by=editor, as_of=as_of)

    with pytest.raises(ChangedMeanwhile):
        edit_course(course=course, values={"title": "Drains"}, by=editor, as_of=as_of)
    assert Course.objects.get().title == "Heating"


def test_a_withdrawn_course_is_not_edited(northfield, editor):
    course = CourseFactory(provider=northfield, state=CourseState.WITHDRAWN)
    with pytest.raises(StaleState):
        edit_course(course=course, values={"title": "Heating"}, by=editor)


def test_state_and_moments_are_nobodys_to_type(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")
    with pytest.raises(KeyError):
        edit_course(course=course, values={"state": "published"}, by=editor)


# --- entry requirements

FIVE = Requirement(how_many=5, qualification_type="gcse", grade="4")
MATHS = Requirement(qualification_type="gcse", grade="4", subject_words="maths")


def test_the_entry_requirements_are_exactly_these_in_this_order(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")
    set_requirements(course=course, requirements=[FIVE, MATHS], by=editor)
    set_requirements(course=course, requirements=[MATHS], by=editor)
    set_requirements(course=course, requirements=[MATHS], by=editor)

    assert [(row.position, str(row)) for row in course.requirements.all()] == [(1, "GCSE maths at grade 4 or above")]
    assert [event.facts.get("requirements") for event in Event.objects.filter(verb="course.edit")] == [1, 2]


@pytest.mark.parametrize(
    ("requirements", "code"),
    [
        ([FIVE, Requirement()], "requirement_empty"),
        ([Requirement(how_many=0, grade="4")], "requirement_empty"),
        ([FIVE] * 21, "requirements_too_many"),
    ],
)
def test_a_requirement_says_something_and_there_are_not_too_many(northfield, editor, requirements, code):
    course = create_course(provider=northfield, by=editor, title="Plumbing")
    with pytest.raises(RuleBroken) as refused:
        set_requirements(course=course, requirements=requirements, by=editor)
    assert refused.value.code == code
    assert course.requirements.count() == 0


def test_a_published_course_keeps_words_or_rows_about_entry(northfield, editor):
    course = complete(northfield, entry_requirements="")
    set_requirements(course=course, requirements=[FIVE], by=editor)
    with pytest.raises(NotReady):
        set_requirements(course=course, requirements=[], by=editor)
    assert course.requirements.count() == 1


# --- partners


@pytest.fixture
def southbank():
    return ProviderFactory(name="Southbank Sixth Form")


def editor_of(provider):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user


@pytest.fixture
def line(northfield, southbank, editor):
    return create_consortium(lead=northfield, name="Engineering line", partners=[southbank], by=editor)


def partners(consortium):
    return [(partner.provider.name, partner.ended_on) for partner in consortium.partners.all()]


def test_nobody_is_named_beside_a_course_before_saying_yes(line, northfield, southbank, editor, client):
    course = complete(northfield, title="Engineering")
    share_course(course=course, consortium=line, by=editor)
    hill = SiteFactory(organisation=southbank)
    page, own_page = course.get_absolute_url(), f"/providers/{southbank.reference}/"

    def words():
        return CourseSearch.objects.filter(course=course).values_list("words", flat=True)[0]

    assert "southbank" not in words()
    assert "Southbank" not in client.get(page).content.decode()
    assert "Engineering line" not in client.get(own_page).content.decode()
    with pytest.raises(RuleBroken) as refused:
        create_run(course=course, values={"site": hill}, by=editor)
    assert refused.value.code == "not_your_site"

    join_consortium(consortium=line, by=editor_of(southbank))
    join_consortium(consortium=line, by=editor_of(southbank))

    assert "southbank" in words()
    assert "Southbank" in client.get(page).content.decode()
    assert "Engineering line" in client.get(own_page).content.decode()
    assert create_run(course=course, values={"site": hill}, by=editor).site == hill
    assert Event.objects.filter(verb="consortium.join").count() == 1


def test_a_partner_leaves_by_itself_and_is_asked_anew(line, southbank, editor):
    join_consortium(consortium=line, by=editor_of(southbank))
    leave_consortium(consortium=line, by=editor_of(southbank))
    assert partners(line) == [("Southbank Sixth Form", clock.today())]
    assert Event.objects.filter(verb="consortium.leave").count() == 1

    edit_consortium(consortium=line, name="Engineering line", partners=[southbank], by=editor)

    assert line.partners.get(ended_on=None).joined_on is None


def test_only_who_was_asked_says_yes_or_leaves_and_not_once_it_has_ended(line, southbank, editor, stranger):
    for by in (editor, stranger):
        with pytest.raises(NotAllowed):
            join_consortium(consortium=line, by=by)
        with pytest.raises(NotAllowed):
            leave_consortium(consortium=line, by=by)
    theirs = editor_of(southbank)
    end_consortium(consortium=line, by=editor)
    for act in (join_consortium, leave_consortium):
        with pytest.raises(NotAllowed):  # nobody takes part in what has ended
            act(consortium=line, by=theirs)


def test_who_keeps_the_courses_of_both_need_not_ask(northfield, southbank, editor):
    StaffRoleFactory(kind=RoleKind.EDITOR, organisation=southbank, user=editor)

    line = create_consortium(lead=northfield, name="Own line", partners=[southbank], by=editor)

    assert line.partners.get().joined_on == clock.today()


def test_partners_are_asked_today(line, northfield, southbank):
    assert partners(line) == [("Southbank Sixth Form", None)]
    event = Event.objects.get()
    assert (event.verb, event.facts) == ("consortium.create", {"lead": northfield.pk, "partners": [southbank.pk]})


def test_partners_are_chosen_by_the_lead_alone_and_there_is_one(northfield, southbank, editor, stranger):
    with pytest.raises(NotAllowed):
        create_consortium(lead=northfield, name="Line", partners=[southbank], by=stranger)
    with pytest.raises(RuleBroken) as refused:
        create_consortium(lead=northfield, name="Line", partners=[northfield], by=editor)
    assert refused.value.code == "no_partner"


def test_a_name_stands_for_one_set_of_partners(line, northfield, southbank, editor):
    with pytest.raises(RuleBroken) as refused:
        create_consortium(lead=northfield, name="Engineering line", partners=[southbank], by=editor)
    assert refused.value.code == "name_taken"


def test_who_leaves_stays_on_record_and_a_course_is_found_by_who_is_there(line, northfield, editor):
    course = complete(northfield, title="Engineering")
    share_course(course=course, consortium=line, by=editor)
    eastgate = ProviderFactory(name="Eastgate Training")

    edit_consortium(consortium=line, name="Engineering line", partners=[eastgate], by=editor)
    join_consortium(consortium=line, by=editor_of(eastgate))

    assert partners(line) == [("Eastgate Training", None), ("Southbank Sixth Form", clock.today())]
    [words] = CourseSearch.objects.filter(course=course).values_list("words", flat=True)
    assert "eastgat" in words
    assert "southbank" not in words


def test_saving_the_same_partners_writes_nothing(line, southbank, editor):
    edit_consortium(consortium=line, name="Engineering line", partners=[southbank], by=editor)
    assert Event.objects.count() == 1


def test_when_partners_part_the_lead_keeps_the_course(line, northfield, editor):
    course = complete(northfield)
    share_course(course=course, consortium=line, by=editor)
    end_consortium(consortium=line, by=editor)

    course.refresh_from_db()
    line.refresh_from_db()
    assert (course.consortium, line.ended_on) == (None, dt.date(2026, 11, 18))
    with pytest.raises(StaleState):
        edit_consortium(consortium=line, name="Again", partners=[northfield], by=editor)
    with pytest.raises(RuleBroken) as refused:
        share_course(course=course, consortium=line, by=editor)
    assert refused.value.code == "consortium_ended"


def test_a_course_is_shared_by_its_own_provider_only(line, southbank, stranger, editor):
    with pytest.raises(RuleBroken) as refused:
        share_course(course=CourseFactory(provider=southbank), consortium=line, by=stranger)
    assert refused.value.code == "not_the_lead"
    with pytest.raises(NotAllowed):
        end_consortium(consortium=line, by=stranger)
