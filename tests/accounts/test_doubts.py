"""Is this the same learner? What each answer does, who may give it, and that nobody is asked twice."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.actions.doubts import ask_area_about_doubt, join_doubted, keep_doubt_apart
from accounts.actions.recovery import start_recovery
from accounts.actions.roll_states import RollRow
from accounts.actions.rolls import apply_roll
from accounts.models import Learner, LearnerContact, LearnerDoubt, RollEntry, UnlockCode
from accounts.policies import DOUBT_POLICY
from accounts.workflow import DOUBT_FLOW, DoubtState
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.accounts.conftest import code_for
from tests.factories import (
    CaseloadSchoolFactory,
    IdentityCheckFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)

BORN = dt.date(2010, 9, 1)
ROW = RollRow(row=2, given_name="Amina", family_name="Yusuf", birth_on=BORN, year_group=11, postcode="HX1 1AA")


@pytest.fixture
def help_desk(school):
    desk = OrganisationFactory(kind="authority", area=school.area)
    return StaffRoleFactory(organisation=desk, kind="help_desk").user


@pytest.fixture
def old(school):
    """Somebody of the same names and birthday, with an account and another postcode."""
    learner = LearnerFactory(given_name="Amina", family_name="Yusuf", birth_on=BORN, area=school.area)
    LearnerContactFactory(learner=learner, postcode="ZZ1 1ZZ")
    return learner


@pytest.fixture
def doubt(school, old):
    apply_roll(school=school, rows=[ROW], by=None)
    return LearnerDoubt.objects.get()


def test_the_diagram_of_doubts_is_the_table():
    path = Path(settings.BASE_DIR) / "docs" / "diagrams" / "doubt.mmd"
    assert path.read_text(encoding="utf-8") == DOUBT_FLOW.mermaid()
    assert set(DOUBT_POLICY.rules) == {*DOUBT_FLOW.moves, "join_elsewhere"}


def test_a_roll_with_somebody_much_like_a_known_learner_makes_a_record_and_asks(doubt, old, school):
    assert (doubt.other, doubt.why, doubt.state, doubt.school) == (old, "name", "open", school)
    assert doubt.learner.user is None
    assert Learner.objects.count() == 2


def test_the_same_learner_is_one_record_with_the_old_account_on_the_new_roll(doubt, old, coordinator, school):
    new = doubt.learner
    user = old.user
    code_for(new)
    join_doubted(doubt=doubt, by=coordinator)
    old.refresh_from_db()
    assert Learner.objects.get() == old
    assert old.user == user
    assert RollEntry.objects.current().get().learner == old
    assert LearnerContact.objects.get().postcode == "HX1 1AA"
    doubt.refresh_from_db()
    assert (doubt.state, doubt.decided_by, doubt.learner) == (DoubtState.SAME, coordinator, None)
    apply_roll(school=school, rows=[ROW], by=None)
    assert (Learner.objects.count(), LearnerDoubt.objects.count()) == (1, 1)


def test_help_with_signing_in_given_to_the_new_record_is_kept_and_its_codes_stop(doubt, old, coordinator):
    recovery, _ = start_recovery(learner=doubt.learner, identity_check=IdentityCheckFactory(), by=coordinator)
    join_doubted(doubt=doubt, by=coordinator)
    recovery.refresh_from_db()
    assert (recovery.learner, recovery.ended_at is not None, UnlockCode.objects.count()) == (old, True, 0)


def test_two_learners_stay_two_and_nobody_is_asked_again(doubt, coordinator, school):
    keep_doubt_apart(doubt=doubt, by=coordinator)
    for postcode in ("HX1 1AA", None, "HX9 9ZZ"):
        outcome = apply_roll(school=school, rows=[ROW._replace(postcode=postcode)], by=None)
        assert outcome.counts["learners"] == outcome.counts["unchanged"] + outcome.counts["changed"] == 1
    assert (Learner.objects.count(), LearnerDoubt.objects.count()) == (2, 1)


def test_a_learner_on_another_schools_roll_is_joined_by_the_area_only(doubt, old, coordinator, help_desk, school):
    RollEntryFactory(learner=old, school=SchoolFactory(area=school.area))
    with pytest.raises(RuleBroken) as refusal:
        join_doubted(doubt=doubt, by=coordinator)
    assert refusal.value.code == "doubt_elsewhere"
    asked = ask_area_about_doubt(doubt=doubt, by=coordinator, is_thought_same=True)
    assert (asked.state, asked.is_thought_same) == ("asked", True)
    with pytest.raises(NotAllowed):
        join_doubted(doubt=doubt, by=coordinator)
    join_doubted(doubt=doubt, by=help_desk)
    assert RollEntry.objects.current().get().school == school
    assert RollEntry.objects.current().get().learner == old


def test_two_records_that_have_both_been_used_are_not_joined(doubt, coordinator):
    doubt.learner.user = StaffRoleFactory().user
    doubt.learner.save()
    with pytest.raises(RuleBroken) as refusal:
        join_doubted(doubt=doubt, by=coordinator)
    assert refusal.value.code == "doubt_both_used"
    assert Learner.objects.count() == 2


def test_answering_twice_is_stale_and_a_record_that_is_gone_too(doubt, coordinator, school, old):
    keep_doubt_apart(doubt=doubt, by=coordinator)
    with pytest.raises(StaleState):
        join_doubted(doubt=doubt, by=coordinator)
    LearnerDoubt.objects.update(state="open", other=None)
    with pytest.raises(StaleState):
        join_doubted(doubt=doubt, by=coordinator)


def test_once_it_is_answered_the_page_compares_nothing_any_more(client, doubt, coordinator):
    page = reverse("accounts:doubt", args=[doubt.reference])
    client.force_login(coordinator)
    assert "Has unlocked an account" in client.get(page).content.decode()
    keep_doubt_apart(doubt=doubt, by=coordinator)
    answered = client.get(page).content.decode()
    assert "Two learners" in answered
    assert "Has unlocked an account" not in answered


def test_nobody_else_sees_or_answers_a_doubt(doubt, help_desk, coordinator):
    stranger = StaffRoleFactory(organisation=SchoolFactory(), kind="coordinator").user
    adviser = StaffRoleFactory(organisation=doubt.school, kind="tutor").user
    for person, sees in ((coordinator, True), (help_desk, True), (stranger, False), (adviser, False)):
        assert LearnerDoubt.objects.visible_to(person).exists() is sees
    with pytest.raises(NotAllowed):
        keep_doubt_apart(doubt=doubt, by=stranger)


def test_two_rows_with_upns_that_differ_are_two_people_without_a_question(school, old):
    Learner.objects.filter(pk=old.pk).update(upn="R201100018042")
    outcome = apply_roll(school=school, rows=[ROW._replace(upn="H801200001001")], by=None)
    assert outcome.counts["added"] == 1
    assert not LearnerDoubt.objects.exists()


def test_a_year_11_leaver_on_no_roll_stays_findable_by_the_adviser_of_the_last_school(school, coordinator):
    adviser = StaffRoleFactory(kind="adviser", organisation=OrganisationFactory(kind="advice_service"))
    CaseloadSchoolFactory(adviser=adviser, school=school)
    leaver, mover, gone = (LearnerFactory(area=school.area) for _ in range(3))
    for learner, day in ((leaver, dt.date(2026, 11, 18)), (mover, dt.date(2026, 11, 1)), (gone, dt.date(2024, 7, 20))):
        RollEntryFactory(learner=learner, school=school, started_on=dt.date(2023, 9, 1), ended_on=day)
    RollEntryFactory(learner=mover, started_on=dt.date(2026, 11, 1), ended_on=dt.date(2026, 11, 17))
    assert list(Learner.objects.visible_to(adviser.user)) == [leaver]
    assert not Learner.objects.visible_to(coordinator).exists()
