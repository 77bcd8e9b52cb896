"""The learner writes a plan; what it said before stays."""

import datetime as dt

import pytest

from accounts.models import Characteristics, Learner
from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.models import Draft, Entry, PlanRule, Remark, Revision
from ilp.policies import may_have_plan
from providers.models import RoleKind
from tests.factories import (
    AreaFactory,
    CourseFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)


# Who may have one


@pytest.mark.parametrize(("year_group", "first", "may"), [(7, 7, True), (13, 7, True), (8, 9, False), (9, 9, True)])
def test_a_plan_begins_with_the_areas_first_year_group(year_group, first, may):
    entry = RollEntryFactory(year_group=year_group, learner__birth_on=dt.date(2026 - year_group - 5, 1, 1))
    PlanRule.objects.create(area=entry.learner.area, first_year_group=first)
    assert may_have_plan(entry.learner) is may


@pytest.mark.parametrize(
    ("birth_on", "provision", "may"),
    [
        (dt.date(2015, 11, 19), "", False),  # 11 tomorrow
        (dt.date(2015, 11, 18), "", True),  # 11 today
        (dt.date(2006, 11, 19), "", True),  # 20 tomorrow
        (dt.date(2006, 11, 18), "", False),  # 20 today
        (dt.date(2006, 11, 18), "K", False),
        (dt.date(2006, 11, 18), "E", True),
        (dt.date(2000, 11, 19), "S", True),  # 26 tomorrow
        (dt.date(2000, 11, 18), "S", False),  # 26 today
    ],
)
def test_without_a_roll_the_age_decides_to_the_day(birth_on, provision, may):
    learner = LearnerFactory(birth_on=birth_on)
    Characteristics.objects.create(learner=learner, sen_provision=provision)
    assert may_have_plan(learner) is may


@pytest.fixture
def desk(people):
    authority = OrganisationFactory(kind="authority", area=people.amina.area)
    return StaffRoleFactory(organisation=authority, kind=RoleKind.HELP_DESK).user


def test_the_help_desk_of_the_area_says_who_and_whoever_has_one_keeps_it(people, desk, client):
    client.force_login(desk)
    page = client.get("/desk/plans/rules/")
    assert [page.context["form"][name].value() for name in page.context["form"].fields] == [7, 19, 25]
    answers = {"first_year_group": 12, "last_age": 18, "last_age_with_assessment": 17}
    assert "cannot be below the first" in client.post("/desk/plans/rules/", answers).content.decode()
    assert not PlanRule.objects.exists()
    answer = client.post("/desk/plans/rules/", answers | {"last_age_with_assessment": 24}, follow=True)
    assert "whoever has a plan keeps it" in answer.content.decode()
    assert not may_have_plan(people.amina)
    actions.add_entry(plan=people.plan, kind="skill", title="Mending", by=people.amina.user)
    assert Event.objects.filter(verb="plan_rule.set").count() == 1


def test_nobody_else_says_who(people, desk):
    elsewhere = AreaFactory(slug="elsewhere", name="Elsewhere")
    for who, area in ((people.coordinator, people.amina.area), (desk, elsewhere)):
        with pytest.raises(NotAllowed):
            actions.set_plan_rule(area=area, first_year_group=7, last_age=19, last_age_with_assessment=25, by=who)


def test_only_the_learner_begins_it_and_once(people):
    assert actions.start_plan(learner=people.amina, by=people.amina.user) == people.plan
    assert Event.objects.filter(verb="plan.start").count() == 1
    for stranger in (people.tutor, people.adviser, UserFactory()):
        with pytest.raises(NotAllowed):
            actions.start_plan(learner=people.ben, by=stranger)
    PlanRule.objects.create(area=people.ben.area, first_year_group=12)
    with pytest.raises(NotAllowed):
        actions.start_plan(learner=people.ben, by=people.ben.user)


# Writing


def test_an_entry_waits_to_be_read_and_says_what_was_written(people, add):
    entry = add(kind="goal", title="A Saturday job", words="Ask at the shop.", until_on=TODAY)
    assert (entry.state, entry.revision.number, entry.revision.title) == ("awaiting", 1, "A Saturday job")
    assert entry.revision.until_on == TODAY
    assert Event.objects.get(verb="entry.add").facts == {"kind": "goal"}


@pytest.mark.parametrize(
    ("kind", "answers", "code"),
    [
        ("skill", {"title": " "}, "entry_empty"),
        ("about", {"words": ""}, "entry_empty"),
        ("course", {"words": "Why not"}, "entry_empty"),
        ("experience", {"title": "A day", "from_on": TODAY, "until_on": dt.date(2026, 11, 17)}, "dates_out_of_order"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(people, kind, answers, code):
    with pytest.raises(RuleBroken) as refusal:
        actions.add_entry(plan=people.plan, kind=kind, by=people.amina.user, **answers)
    assert refusal.value.code == code
    assert not Entry.objects.exists()


def test_there_is_one_text_about_oneself_and_a_course_once(people, add):
    add(kind="about")
    course = CourseFactory()
    add(kind="course", course=course)
    for again in ({"kind": "about"}, {"kind": "course", "course": course}):
        with pytest.raises(RuleBroken) as refusal:
            add(**again)
        assert refusal.value.code == "there_is_one"


def test_a_plan_has_room_for_so_many(people, add, monkeypatch):
    monkeypatch.setattr("ilp.actions.plans.MOST_ENTRIES", 2)
    gone = add()
    add()
    with pytest.raises(RuleBroken) as refusal:
        add()
    assert refusal.value.code == "too_many_entries"
    actions.take_out_entry(entry=gone, by=people.amina.user)
    add()


def test_the_same_form_sent_twice_adds_one(people, add):
    assert add(made_from="ACDEFG3467") == add(made_from="ACDEFG3467")
    assert Entry.objects.count() == 1


def test_a_change_is_a_new_revision_that_waits_again_and_the_old_words_stay(people, add):
    entry = add()
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    entry = actions.revise_entry(
        entry=entry, seen=1, by=people.amina.user, title="Mending bicycles and scooters", words=""
    )
    assert (entry.state, entry.revision.number) == ("awaiting", 2)
    assert list(entry.revisions.values_list("title", flat=True)) == [
        "Mending bicycles",
        "Mending bicycles and scooters",
    ]
    assert Remark.objects.get(kind="validated").revision.number == 1


def test_saving_the_same_words_changes_nothing(people, add):
    entry = add()
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    entry.refresh_from_db()
    again = actions.revise_entry(
        entry=entry, seen=1, by=people.amina.user, title="Mending bicycles", words="I mended my neighbour's."
    )
    assert (again.state, Revision.objects.count()) == ("validated", 1)


def test_two_devices_change_the_same_thing_and_the_second_is_told(people, add):
    entry = add()
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="On the phone", words="")
    with pytest.raises(RuleBroken) as refusal:
        actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="On the tablet", words="")
    assert refusal.value.code == "changed_meanwhile"
    entry = actions.revise_entry(entry=entry, seen=2, by=people.amina.user, title="On the tablet", words="")
    assert list(entry.revisions.values_list("title", flat=True)) == [
        "Mending bicycles",
        "On the phone",
        "On the tablet",
    ]


def test_taken_out_it_can_be_put_back_unless_another_took_its_place(people, add):
    about, skill = add(kind="about"), add()
    for entry in (about, skill):
        actions.take_out_entry(entry=entry, by=people.amina.user)
    with pytest.raises(StaleState):
        actions.revise_entry(entry=skill, seen=1, by=people.amina.user, title="x", words="")
    assert actions.put_back_entry(entry=skill, by=people.amina.user).state == "awaiting"
    add(kind="about")
    with pytest.raises(RuleBroken) as refusal:
        actions.put_back_entry(entry=about, by=people.amina.user)
    assert refusal.value.code == "there_is_one"


def test_nobody_else_writes_in_a_plan(people, add):
    entry = add()
    for stranger in (people.tutor, people.coordinator, people.adviser, people.ben.user):
        with pytest.raises(NotAllowed):
            actions.add_entry(plan=people.plan, kind="skill", title="x", by=stranger)
        with pytest.raises(NotAllowed):
            actions.revise_entry(entry=entry, seen=1, title="x", by=stranger)
        with pytest.raises(NotAllowed):
            actions.take_out_entry(entry=entry, by=stranger)
        with pytest.raises(NotAllowed):
            actions.keep_draft(plan=people.plan, reference="ACDEFG3467", kind="skill", answers={}, by=stranger)


def test_saving_the_same_words_is_for_the_learner_alone_and_not_for_what_was_taken_out(people, add):
    entry = add()
    same = {"seen": 1, "title": "Mending bicycles", "words": "I mended my neighbour's."}
    keep(people, entry=entry, seen=1)
    with pytest.raises(NotAllowed):
        actions.revise_entry(entry=entry, by=people.tutor, made_from="ACDEFG3467", **same)
    assert Draft.objects.exists()
    old = Entry.objects.for_list().get(pk=entry.pk)
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="On the phone", words="")
    with pytest.raises(RuleBroken) as refusal:
        actions.revise_entry(entry=old, by=people.amina.user, **same)
    assert refusal.value.code == "changed_meanwhile"
    actions.take_out_entry(entry=entry, by=people.amina.user)
    with pytest.raises(StaleState):
        actions.revise_entry(
            entry=entry, by=people.amina.user, **same | {"seen": 2, "title": "On the phone", "words": ""}
        )


def test_nothing_is_written_into_a_record_that_is_gone(people, add):
    entry = add()
    Learner.objects.filter(pk=people.amina.pk).update(erased_at=clock.now())
    for write in (
        lambda: add(),
        lambda: keep(people),
        lambda: actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="x", words=""),
        lambda: actions.validate_entry(entry=entry, seen=1, by=people.tutor),
        lambda: actions.start_plan(learner=people.amina, by=people.amina.user),
    ):
        with pytest.raises(StaleState):
            write()


# Drafts


def keep(people, reference="ACDEFG3467", **rest):
    facts = {"kind": "skill", "answers": {"title": "Mend"}} | rest
    return actions.keep_draft(plan=people.plan, reference=reference, by=people.amina.user, **facts)


def test_what_is_being_written_is_kept_under_the_forms_name_and_goes_when_it_is_sent(people, add):
    keep(people)
    keep(people, answers={"title": "Mending"})
    keep(people, reference="OTHERFORM3", answers={"title": "On the tablet"})
    assert set(Draft.objects.values_list("answers__title", flat=True)) == {"Mending", "On the tablet"}
    add(made_from="ACDEFG3467")
    assert Draft.objects.get().reference == "OTHERFORM3"
    assert keep(people) is None  # what comes late brings nothing back


def test_a_draft_of_a_change_that_comes_after_the_change_brings_nothing_back(people, add):
    entry = add()
    keep(people, entry=entry, seen=1)
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, made_from="ACDEFG3467", title="New", words="")
    assert keep(people, entry=entry, seen=1) is None
    assert not Draft.objects.exists()


def test_nobody_writes_over_anothers_draft(people):
    bens = actions.start_plan(learner=people.ben, by=people.ben.user)
    keep(people)
    assert (
        actions.keep_draft(plan=bens, reference="ACDEFG3467", kind="skill", answers={"title": "!"}, by=people.ben.user)
        is None
    )
    assert Draft.objects.get().answers == {"title": "Mend"}
    assert not Draft.objects.visible_to(people.ben.user).exists()
    assert not Draft.objects.visible_to(people.tutor).exists()


# At once


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_devices_save_and_one_is_told(self, people, add):
        entry = add()

        def save(title):
            return actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title=title, words="")

        results = at_once(lambda: save("On the phone"), lambda: save("On the tablet"))
        assert sorted(type(result).__name__ for result in results) == ["Entry", "RuleBroken"]
        assert Revision.objects.count() == 2

    def test_the_same_form_sent_twice_at_once_adds_one(self, people, add):
        results = at_once(lambda: add(made_from="ACDEFG3467"), lambda: add(made_from="ACDEFG3467"))
        assert results[0] == results[1]
        assert Entry.objects.count() == 1

    def test_without_the_learners_lock_the_second_would_fail(self, people, add, monkeypatch):
        monkeypatch.setattr("ilp.actions.plans.lock_learner", lambda _key: None)

        meet = meeting()
        monkeypatch.setattr("ilp.actions.plans._require_sound", lambda *_rest: meet())
        results = at_once(lambda: add(made_from="ACDEFG3467"), lambda: add(made_from="ACDEFG3467"))
        assert "IntegrityError" in {type(result).__name__ for result in results}


def test_history_keeps_no_words(people, add):
    add()
    assert "bicycles" not in str(list(Event.objects.values_list("facts", flat=True)))
