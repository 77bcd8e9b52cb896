"""The action side of unlocking: every exit, the limits, and two tabs at once."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts import actions, policies
from accounts.actions import unlocking
from accounts.actions.codes import address_hash
from accounts.desk_messages import send_unlock_guessing
from accounts.models import Consent, ConsentKind, Learner, UnlockCode, UnlockFailure, User
from accounts.tasks import nightly
from activity.models import Event, OutboxMessage
from core.errors import NotAllowed, RuleBroken, StaleState, TooManyTries
from tests.accounts.conftest import BORN, code_for
from tests.factories import AreaFactory, LearnerFactory, RollEntryFactory, SchoolFactory, UserFactory
from tests.races import at_once

HERE, ELSEWHERE = address_hash("192.0.2.1"), address_hash("192.0.2.2")
WRONG = dt.date(2010, 1, 1)
PASSWORD = "seven green bicycles"


def refused(code, *, birth_on=BORN, address=HERE):
    """The stable code of the refusal."""
    with pytest.raises((RuleBroken, TooManyTries)) as refusal:
        actions.check_code(code=code, birth_on=birth_on, address_hash=address)
    return refusal.value.code if isinstance(refusal.value, RuleBroken) else "too_many"


def unlock(unlock_code, username="amina.yusuf", password=PASSWORD):
    return actions.unlock_account(unlock_code=unlock_code, username=username, password=password)


# --- the two halves


def test_code_and_date_of_birth_together_find_the_code(amina):
    code, row = code_for(amina)
    assert actions.check_code(code=code, birth_on=BORN, address_hash=HERE) == row
    assert not UnlockFailure.objects.exists()


def test_an_unknown_code_and_a_wrong_date_say_the_same(amina):
    code, _ = code_for(amina)
    with pytest.raises(RuleBroken) as unknown:
        actions.check_code(code=actions.new_code(), birth_on=BORN, address_hash=HERE)
    with pytest.raises(RuleBroken) as wrong:
        actions.check_code(code=code, birth_on=WRONG, address_hash=HERE)
    assert (
        (unknown.value.message, unknown.value.code)
        == (wrong.value.message, wrong.value.code)
        == (unlocking.NO_MATCH, "no_match")
    )
    assert UnlockFailure.objects.count() == 2


def test_used_replaced_and_expired_codes_say_so_only_with_the_right_date(amina, ben, school_day):
    code, row = code_for(amina)
    unlock(row)
    assert refused(code) == "code_used"
    assert refused(code, birth_on=WRONG) == "no_match"
    old, _ = code_for(ben)
    new, _ = code_for(ben)
    assert refused(old) == "code_ended"
    assert refused(old, birth_on=WRONG) == "no_match"
    school_day.move_to(dt.datetime(2026, 11, 18, 10, tzinfo=dt.UTC) + UnlockCode.GOOD_FOR)
    assert actions.check_code(code=new, birth_on=BORN, address_hash=HERE).learner == ben  # the last day
    school_day.shift(dt.timedelta(days=1))
    assert refused(new) == "code_expired"
    assert refused(new, birth_on=WRONG) == "no_match"


# --- limits


def test_five_wrong_dates_close_a_code_for_an_hour_even_to_the_right_one(amina, school_day):
    code, _ = code_for(amina)
    assert [refused(code, birth_on=WRONG) for _ in range(5)] == ["no_match"] * 5
    assert refused(code) == "too_many"
    assert refused(code, address=ELSEWHERE) == "too_many"
    school_day.shift(dt.timedelta(minutes=61))
    assert actions.check_code(code=code, birth_on=BORN, address_hash=HERE).learner == amina


def test_guessed_20_times_from_one_address_is_stopped_but_a_right_code_there_still_works(amina, school_day):
    code, _ = code_for(amina)
    assert [refused(actions.new_code()) for _ in range(20)] == ["no_match"] * 20
    assert refused(actions.new_code()) == "too_many"
    assert refused(code, birth_on=WRONG) == "too_many"
    assert refused(actions.new_code(), address=ELSEWHERE) == "no_match"
    assert actions.check_code(code=code, birth_on=BORN, address_hash=HERE).learner == amina
    school_day.shift(dt.timedelta(minutes=16))
    assert refused(actions.new_code()) == "no_match"


def test_many_wrong_dates_at_one_school_are_told_to_its_coordinator_once_a_day(school, coordinator):
    for _ in range(5):
        learner = LearnerFactory(user=None, birth_on=BORN, area=school.area)
        RollEntryFactory(learner=learner, school=school)
        code, _ = code_for(learner)
        for _ in range(5):
            refused(code, birth_on=WRONG)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.payload) == ("unlock-guessing", {"school_id": school.pk})
    send_unlock_guessing(message.payload)
    assert [sent.to for sent in mail.outbox] == [["office@example.org"]]
    assert "Amina" not in mail.outbox[0].body


def test_failures_are_forgotten_after_a_day_and_no_address_is_kept(amina, school_day):
    refused(actions.new_code())
    assert "192.0.2.1" not in str(UnlockFailure.objects.values().get())
    nightly()
    assert UnlockFailure.objects.count() == 1
    school_day.shift(dt.timedelta(days=1))
    nightly()
    assert UnlockFailure.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_do_not_get_past_the_limit_of_a_code():
    learner = LearnerFactory(user=None, birth_on=BORN)
    code, _ = code_for(learner)

    def guess():
        return actions.check_code(code=code, birth_on=WRONG, address_hash=HERE)

    answers = at_once(*[guess] * 8)
    assert sorted(type(answer).__name__ for answer in answers) == ["RuleBroken"] * 5 + ["TooManyTries"] * 3


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_past_the_limit_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    create = UnlockFailure.objects.create
    monkeypatch.setattr(UnlockFailure.objects, "create", lambda **fields: (_wait(), create(**fields)))
    learner = LearnerFactory(user=None, birth_on=BORN)
    code, _ = code_for(learner)
    answers = at_once(*[lambda: actions.check_code(code=code, birth_on=WRONG, address_hash=HERE)] * 8)
    assert [type(answer).__name__ for answer in answers].count("RuleBroken") > 5


def _wait():
    import time

    time.sleep(0.3)


# --- the account


def test_the_learner_has_an_account_and_the_code_is_used_up(amina):
    _, row = code_for(amina)
    user = unlock(row, username=" Amina.Yusuf ")
    amina.refresh_from_db()
    row.refresh_from_db()
    assert (amina.user, user.username, user.name, user.is_staff) == (user, "amina.yusuf", "Amina Yusuf", False)
    assert user.check_password(PASSWORD)
    assert row.used_at is not None
    event = Event.objects.get(verb="learner.unlock")
    assert (event.subject, event.by, event.facts) == (f"accounts.learner:{amina.pk}", user, {})


def test_a_code_unlocks_once(amina):
    _, row = code_for(amina)
    unlock(row)
    with pytest.raises(StaleState):
        unlock(row, username="amina.again")
    assert User.objects.count() == 1


def test_a_code_replaced_since_it_was_checked_no_longer_unlocks(amina):
    _, row = code_for(amina)
    code_for(amina)
    with pytest.raises(StaleState):
        unlock(row)


@pytest.mark.parametrize(
    ("username", "code"),
    [("Taken.Name", "username_taken"), ("h801200001001", "username_number"), ("7673614579", "username_number")],
)
def test_a_sign_in_name_that_is_taken_or_a_number_others_know_is_refused(amina, username, code):
    UserFactory(username="taken.name")
    amina.uln = "7673614579"
    amina.save()
    _, row = code_for(amina)
    with pytest.raises(RuleBroken) as refusal:
        unlock(row, username=username)
    assert refusal.value.code == code
    row.refresh_from_db()
    assert row.used_at is None


@pytest.mark.parametrize("password", ["short", "password1", "12345678901", "amina.yusuf"])
def test_a_weak_password_is_refused_and_nothing_is_used_up(amina, password):
    _, row = code_for(amina)
    with pytest.raises(ValidationError):
        unlock(row, password=password)
    row.refresh_from_db()
    assert (row.used_at, User.objects.count()) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_one_code_make_one_account():
    learner = LearnerFactory(user=None, area=AreaFactory())
    _, row = code_for(learner)
    answers = at_once(lambda: unlock(row, username="tab.one"), lambda: unlock(row, username="tab.two"))
    assert sorted(type(answer).__name__ for answer in answers) == ["StaleState", "User"]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_make_two_accounts_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    check = unlocking._check_username
    monkeypatch.setattr(unlocking, "_check_username", lambda *args: (_wait(), check(*args)))
    learner = LearnerFactory(user=None, area=AreaFactory())
    _, row = code_for(learner)
    at_once(lambda: unlock(row, username="tab.one"), lambda: unlock(row, username="tab.two"))
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_learners_who_want_one_name_at_once_are_told_apart():
    rows = [code_for(LearnerFactory(user=None))[1] for _ in range(2)]
    answers = at_once(*[lambda row=row: unlock(row, username="same.name") for row in rows])
    assert sorted(type(answer).__name__ for answer in answers) == ["RuleBroken", "User"]
    assert Learner.objects.exclude(user=None).count() == 1


# --- consent


def test_the_newest_answer_holds_and_earlier_ones_stay(amina):
    user = unlock(code_for(amina)[1])
    amina.refresh_from_db()
    for is_given in (True, False):
        actions.answer_consent(
            learner=amina, kind=ConsentKind.ADVICE_SERVICE, is_given=is_given, words="May we?", by=user
        )
    assert list(Consent.objects.values_list("is_given", "words")) == [(False, "May we?"), (True, "May we?")]
    assert not Learner.objects.sharing_with_advisers().exists()
    assert [event.facts["is_given"] for event in Event.objects.filter(verb="consent.answer").order_by("pk")] == [
        True,
        False,
    ]


def test_nobody_answers_for_a_learner(amina, coordinator):
    with pytest.raises(NotAllowed):
        actions.answer_consent(
            learner=amina, kind=ConsentKind.ADVICE_SERVICE, is_given=True, words="May we?", by=coordinator
        )


def test_the_service_may_do_only_what_is_the_services(school, coordinator):
    other = SchoolFactory()
    assert {verb: policies.SCHOOL_POLICY.can(None, verb, school) for verb in policies.SCHOOL_POLICY.rules} == {
        "import_roll": False,
        "explain_headings": False,
        "load_roll": True,
        "request_letters": False,
    }
    assert [policies.SCHOOL_POLICY.can(coordinator, "import_roll", one) for one in (school, other)] == [True, False]
    assert [policies.SCHOOL_POLICY.can(coordinator, "load_roll", one) for one in (school, other)] == [False, False]
