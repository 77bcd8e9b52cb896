"""Two people at one record at the same moment: as it is, and with every lock taken away, where it must go wrong."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db.models import QuerySet

from accounts import actions
from accounts.actions import consents, doubts, erasure, merging, roll_undo, supporters, unlocking
from accounts.actions.codes import code_hash
from accounts.models import ConsentKind, Learner, LearnerDoubt, Supporter, UnlockCode, User
from applications.actions import moving, send_choice
from applications.models import Choice
from providers.models import RoleKind, Upload
from tests.applications.walk import Town
from tests.factories import (
    AreaFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "seven green bicycles"


class Race(NamedTuple):
    """Two acts; where both stand once they have read and before either writes; and what is true however it went."""

    acts: tuple[Callable[[], Any], Callable[[], Any]]
    meet: list[tuple[Any, str]]
    holds: Callable[[list[Any]], bool]


def one_wins(results, refusal="StaleState"):
    return [type(one).__name__ for one in results].count(refusal) == 1


def unlocking_as(code, username):
    return lambda: actions.unlock_account(unlock_code=code, username=username, password=PASSWORD)


def code_of(learner):
    actions.issue_codes(codes={learner.pk: actions.new_code()}, letter_run=None)
    return UnlockCode.objects.get(learner=learner)


def record_at(school, **said):
    learner = LearnerFactory(area=school.area, user=None, upn=None, **said)
    RollEntryFactory(learner=learner, school=school)
    return learner


def a_doubt_is_answered_twice_differently(school, coordinator):
    old, new = LearnerFactory(area=school.area, upn=None), record_at(school)
    doubt = LearnerDoubt.objects.create(school=school, learner=new, other=old, why="name")

    def holds(results):
        doubt.refresh_from_db()
        is_one = Learner.objects.count() == 1
        return one_wins(results) and is_one == (doubt.state == "same")

    acts = (
        lambda: doubts.join_doubted(doubt=doubt, by=coordinator),
        lambda: doubts.keep_doubt_apart(doubt=doubt, by=coordinator),
    )
    return Race(acts, [(doubts.DOUBT_POLICY, "require")], holds)


def a_roll_is_undone_while_a_learner_unlocks(school, coordinator):
    learner = record_at(school, given_name="Amina", family_name="Yusuf", birth_on=dt.date(2010, 9, 1))
    code = code_of(learner)
    upload = Upload.objects.create(
        kind="roll", organisation=school, by=coordinator, file_size=1, file_sha256="0" * 64, state="published"
    )
    row = actions.RollRow(
        row=2, given_name="Amina", family_name="Yusuf", preferred_name="Mina", birth_on=learner.birth_on, year_group=11
    )
    actions.apply_roll(school=school, rows=[row], by=coordinator, upload=upload)

    def holds(results):
        # Whoever came first: the account has the name the record has, and what was undone had not been unlocked.
        learner.refresh_from_db()
        [step], user = results
        kept = step.action == "kept"
        return isinstance(user, User) and user.name == str(learner) and kept == (learner.known_as == "Mina")

    acts = (lambda: roll_undo.undo_roll(upload, coordinator), unlocking_as(code, "amina.y"))
    return Race(acts, [(roll_undo, "_in_order"), (unlocking, "_open_code")], holds)


def letting_in(learner):
    supporter, code = actions.invite_supporter(
        learner=learner, kind="parent", known_as="Mum", sections=["choices"], until_on=dt.date(2026, 12, 1),
        by=learner.user,
    )  # fmt: skip
    held = code_hash(code.replace("-", ""))
    return lambda by: actions.accept_supporter(supporter=supporter, token_hash=held, by=by)


def two_people_use_one_supporters_code(school, coordinator):
    accept = letting_in(LearnerFactory(area=school.area))
    people = [UserFactory(), UserFactory()]

    def holds(results):
        return one_wins(results) and User.objects.filter(is_supporter=True).count() == 1

    acts = tuple(lambda by=by: accept(by) for by in people)
    return Race(acts, [(supporters.SUPPORTER_POLICY, "require")], holds)


def one_person_accepts_two_invitations(school, coordinator):
    learner, mother = LearnerFactory(area=school.area), UserFactory()
    both = [letting_in(learner), letting_in(learner)]

    def holds(results):
        return one_wins(results, "RuleBroken") and Supporter.objects.holding().count() == 1

    acts = tuple(lambda accept=accept: accept(mother) for accept in both)
    return Race(acts, [(Supporter, "save")], holds)


def two_people_use_one_unlock_code(school, coordinator):
    learner = record_at(school)
    code = code_of(learner)

    def holds(results):
        learner.refresh_from_db()
        users = User.objects.filter(username__startswith="amina.")
        return one_wins(results) and [user.learner for user in users] == [learner]

    return Race((unlocking_as(code, "amina.one"), unlocking_as(code, "amina.two")), [(unlocking, "_open_code")], holds)


def two_records_become_one_while_one_is_unlocked(school, coordinator):
    authority = OrganisationFactory(kind="authority", area=school.area)
    officer = StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user
    keep, twin = LearnerFactory(area=school.area, upn=None), record_at(school)
    code = code_of(twin)

    def holds(results):
        merged, unlocked = results
        is_nobodys = User.objects.filter(username="amina.twin", is_active=True).exists()
        return isinstance(merged, Learner) and type(unlocked).__name__ in {"User", "StaleState"} and not is_nobodys

    acts = (lambda: actions.merge_learners(keep=keep, other=twin, by=officer), unlocking_as(code, "amina.twin"))
    return Race(acts, [(merging.personal, "merge_holds"), (unlocking, "_open_code")], holds)


def live_choices():
    return Choice.objects.filter(status="sent").count()


def draft_of(town, name):
    learner = town.learner(name, "Yusuf", school=town.hollins)
    return learner, town.choice("draft", learner=learner)


def two_records_become_one_while_a_choice_of_one_is_sent(school, coordinator):
    town = Town()
    authority = OrganisationFactory(kind="authority", area=town.area)
    officer = StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user
    town.choice("sent")
    twin, draft = draft_of(town, "Aminata")

    def holds(results):
        merged, sent = (type(one).__name__ for one in results)
        return (merged, sent, live_choices()) in {("RuleBroken", "Choice", 2), ("Learner", "StaleState", 1)}

    acts = (
        lambda: actions.merge_learners(keep=town.amina, other=twin, by=officer),
        lambda: send_choice(choice=draft, by=twin.user),
    )
    return Race(acts, [(merging, "_fill_gaps"), (moving, "_write")], holds)


def a_record_is_erased_while_a_choice_of_it_is_sent(school, coordinator):
    learner, draft = draft_of(Town(), "Amina")

    def holds(results):
        learner.refresh_from_db()
        return (learner.erased_at is None) == (live_choices() == 1)

    acts = (lambda: erasure.erase_held_back(learner), lambda: send_choice(choice=draft, by=learner.user))
    return Race(acts, [(erasure.personal, "tables_to_erase"), (moving, "_write")], holds)


RACES = [
    two_records_become_one_while_a_choice_of_one_is_sent,
    a_record_is_erased_while_a_choice_of_it_is_sent,
    a_doubt_is_answered_twice_differently,
    a_roll_is_undone_while_a_learner_unlocks,
    two_people_use_one_supporters_code,
    one_person_accepts_two_invitations,
    two_people_use_one_unlock_code,
    two_records_become_one_while_one_is_unlocked,
]


@pytest.fixture
def school():
    return SchoolFactory(area=AreaFactory())


@pytest.fixture
def coordinator(school):
    return StaffRoleFactory(organisation=school, kind=RoleKind.COORDINATOR).user


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_yes_while_the_area_changes_its_question_never_holds_for_the_new_words(school, is_locked, monkeypatch):
    learner = LearnerFactory(area=school.area)
    desk = StaffRoleFactory(
        kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(kind="authority", area=school.area)
    ).user
    read, changed = threading.Event(), threading.Event()

    def reword():
        if not is_locked:
            read.wait(10)
        wording = actions.word_consent(
            area=school.area, kind=ConsentKind.ADVICE_SERVICE, words="And your school?", is_material=True, by=desk
        )
        changed.set()
        return wording

    def answer_yes():
        return actions.answer_consent(
            learner=learner, kind=ConsentKind.ADVICE_SERVICE, is_given=True, words="?", version="", by=learner.user
        )

    if not is_locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
        real = consents.asked
        monkeypatch.setattr(consents, "asked", lambda *args: (real(*args), read.set(), changed.wait(10))[0])
    came, _wording = at_once(answer_yes, reword)

    assert type(came).__name__ in {"Consent", "RuleBroken"}
    assert Learner.objects.sharing_with_advisers().exists() is not is_locked


@pytest.mark.parametrize("race", RACES)
def test_however_it_goes_it_ends_as_if_one_had_come_after_the_other(race, school, coordinator):
    run = race(school, coordinator)
    results = at_once(*run.acts)
    assert run.holds(results), results


@pytest.mark.parametrize("race", RACES)
def test_without_the_locks_it_would_not(race, school, coordinator, monkeypatch):
    run = race(school, coordinator)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    meet(monkeypatch, run.meet)
    results = at_once(*run.acts)
    assert not run.holds(results), results


def meet(monkeypatch, places):
    """Both threads reach one of these functions before either goes on."""
    barrier, passed = threading.Barrier(2), threading.local()

    def waiting(real):
        def together(*args, **kwargs):
            if not getattr(passed, "is_past", False):
                passed.is_past = True
                barrier.wait(10)
            return real(*args, **kwargs)

        return together

    for place, name in places:
        monkeypatch.setattr(place, name, waiting(getattr(place, name)))
