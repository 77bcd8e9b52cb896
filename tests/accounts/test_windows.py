"""Days for unlocking, how far a school has got, wrong tries."""

import datetime as dt

import pytest
from django.core import mail
from django.db.models import QuerySet

from accounts import actions
from accounts.actions import letters
from accounts.actions.codes import address_hash, code_hash
from accounts.desk_messages import send_unlock_guessing
from accounts.models import LetterRun, UnlockCode, UnlockFailure, UnlockWindow
from accounts.queries import opening_of, standings_of
from activity.actions import run_job
from activity.models import Event, OutboxMessage
from core.errors import NotAllowed, RuleBroken, StaleState, TooManyTries
from providers.models import RoleKind
from tests.accounts.conftest import ADDRESS, BORN, code_for
from tests.accounts.test_letters import codes_in, pages, printed
from tests.factories import (
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once, meeting

TODAY = dt.date(2026, 11, 18)
LATER = TODAY + dt.timedelta(days=12)
WRONG = dt.date(2010, 1, 1)


@pytest.fixture
def desk(school):
    service = OrganisationFactory(kind="authority", area=school.area)
    user = UserFactory(username="desk", email="desk@example.org")
    return StaffRoleFactory(user=user, kind=RoleKind.HELP_DESK, organisation=service).user


def opened(school, by, first, last, *, of_area=False):
    return actions.open_window(
        area=school.area, school=None if of_area else school, opens_on=first, closes_on=last, by=by
    )


def check(code):
    return actions.check_code(code=code, birth_on=BORN, address_hash="x")


# --- days


def test_a_school_has_its_own_days_otherwise_its_areas_otherwise_all(school, coordinator, desk):
    def is_open():
        return opening_of(school, area_id=school.area_id).is_open

    assert is_open()
    opened(school, desk, LATER, LATER, of_area=True)
    assert not is_open()
    window = opened(school, coordinator, TODAY, TODAY)
    assert is_open()
    actions.end_window(window=window, by=coordinator)
    assert not is_open()
    assert list(Event.objects.filter(verb__startswith="unlock_window").order_by("pk").values_list("verb", "by")) == [
        ("unlock_window.open", desk.pk),
        ("unlock_window.open", coordinator.pk),
        ("unlock_window.end", coordinator.pk),
    ]


def test_letters_are_printed_for_days_to_come_and_wait_kindly(school, coordinator, amina, school_day):
    opened(school, coordinator, LATER, LATER + dt.timedelta(days=10))
    letter_run = printed(school, coordinator)
    (page,) = pages(letter_run.pdf)
    assert "It works from 30 November 2026 until 10 December 2026" in page.replace("\n", "")
    (code,) = codes_in(letter_run.pdf)
    with pytest.raises(RuleBroken) as early:
        check(code)
    assert early.value.code == "unlock_not_yet"
    assert "from 30 November 2026" in early.value.message
    assert UnlockFailure.objects.count() == 0
    school_day.shift(dt.timedelta(days=12))
    assert check(code).learner == amina
    school_day.shift(dt.timedelta(days=10))
    row = check(code)  # the last day
    school_day.shift(dt.timedelta(days=1))
    with pytest.raises(RuleBroken) as late:
        check(code)
    assert late.value.code == "unlock_over"
    with pytest.raises(StaleState):
        actions.unlock_account(unlock_code=row, username="amina.yusuf", password="seven green bicycles")
    with pytest.raises(RuleBroken) as refusal:
        actions.request_letters(school=school, year_group=None, tutor_group="", address=ADDRESS, by=coordinator)
    assert (refusal.value.code, refusal.value.message) == ("letters_window_over", letters.WINDOW_OVER)


def test_a_code_given_in_person_works_on_all_days(school, coordinator, amina):
    opened(school, coordinator, LATER, LATER)
    code, row = code_for(amina)
    assert check(code) == row


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (LATER, TODAY, "window_order"),
        (TODAY - dt.timedelta(days=9), TODAY - dt.timedelta(days=1), "window_over"),
        (TODAY, TODAY + dt.timedelta(days=400), "window_long"),
        (LATER - dt.timedelta(days=1), LATER, "window_overlaps"),
    ],
)
def test_days_that_make_no_sense_are_refused(school, coordinator, first, last, code):
    opened(school, coordinator, LATER, LATER + dt.timedelta(days=5))
    with pytest.raises(RuleBroken) as refusal:
        opened(school, coordinator, first, last)
    assert (refusal.value.code, UnlockWindow.objects.count()) == (code, 1)


def test_a_school_sets_its_own_days_only_and_takes_them_away_once(school, coordinator, desk):
    with pytest.raises(NotAllowed):
        opened(SchoolFactory(area=school.area), coordinator, TODAY, LATER)
    with pytest.raises(NotAllowed):
        opened(school, coordinator, TODAY, LATER, of_area=True)
    with pytest.raises(NotAllowed):
        opened(school, desk, TODAY, LATER)
    of_area = opened(school, desk, TODAY, LATER, of_area=True)
    with pytest.raises(NotAllowed):
        actions.end_window(window=of_area, by=coordinator)
    actions.end_window(window=of_area, by=desk)
    with pytest.raises(StaleState):
        actions.end_window(window=of_area, by=desk)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_set_days_that_overlap():
    role = StaffRoleFactory(organisation=SchoolFactory(), kind=RoleKind.COORDINATOR)
    answers = at_once(*[lambda: opened(role.organisation, role.user, TODAY, LATER)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["RuleBroken", "UnlockWindow"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_set_days_that_overlap_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    create = UnlockWindow.objects.create
    meet = meeting()
    monkeypatch.setattr(UnlockWindow.objects, "create", lambda **fields: (meet(), create(**fields))[1])
    role = StaffRoleFactory(organisation=SchoolFactory(), kind=RoleKind.COORDINATOR)
    at_once(*[lambda: opened(role.organisation, role.user, TODAY, LATER)] * 2)
    assert UnlockWindow.objects.count() == 2


# --- pages


def test_a_coordinator_sets_days_and_takes_them_away_on_a_page(client, school, coordinator, desk):
    opened(school, desk, TODAY, TODAY, of_area=True)
    client.force_login(coordinator)
    assert "those of your area count" in client.get("/desk/unlocking/days/").content.decode()
    parts = {"opens_on_day": "30", "opens_on_month": "11", "opens_on_year": "2026"}
    parts |= {"closes_on_day": "1", "closes_on_month": "11", "closes_on_year": "2026"}
    assert "before the first one" in client.post("/desk/unlocking/days/", parts).content.decode()
    assert client.post("/desk/unlocking/days/", parts | {"closes_on_month": "12"}).status_code == 302
    window = UnlockWindow.objects.get(school=school)
    assert "You can print letters now" in client.get("/desk/unlocking/").content.decode()
    assert client.post("/desk/unlocking/days/", {"end": window.reference}).status_code == 302
    assert client.post("/desk/unlocking/days/", {"end": "NOBODYHAS"}).status_code == 404
    of_area = UnlockWindow.objects.get(school=None)
    assert client.post("/desk/unlocking/days/", {"end": of_area.reference}).status_code == 403
    client.force_login(desk)
    assert client.get("/desk/unlocking/days/").status_code == 404
    page = client.get("/desk/unlocking/area/").content.decode()
    assert "18 November 2026 – 18 November 2026" in page
    assert client.post("/desk/unlocking/area/", {"end": of_area.reference}).status_code == 302


def test_the_coordinator_sees_how_far_each_group_is_and_prints_for_those_missing(client, school, coordinator):
    learners = {}
    for name, group in [("never", "11A"), ("printed", "11A"), ("in_hand", "11B"), ("unlocked", "11B"), ("card", "")]:
        learners[name] = LearnerFactory(user=None, given_name=name, area=school.area)
        RollEntryFactory(learner=learners[name], school=school, tutor_group=group)
    code_for(learners["card"])
    printed(school, coordinator, learner=learners["printed"])
    letter_run = printed(school, coordinator, year_group=11, tutor_group="11B")
    actions.fetch_letters(letter_run=letter_run, by=coordinator)
    row = UnlockCode.objects.get(learner=learners["unlocked"])
    actions.unlock_account(unlock_code=row, username="un.locked", password="seven green bicycles")
    assert [tuple(one) for one in standings_of(school)] == [
        (11, "", 1, 0, 1, 0, 0),
        (11, "11A", 2, 0, 0, 1, 1),
        (11, "11B", 2, 1, 1, 0, 0),
    ]
    client.force_login(coordinator)
    assert "11A" in client.get("/desk/unlocking/").content.decode()
    for status, names in [("in_hand", ["card", "in_hand"]), ("printed", ["printed"]), ("nothing", ["never"])]:
        entries = client.get(f"/desk/roll/?status={status}").context["entries"]
        assert [entry.learner.given_name for entry in entries] == names
    page = client.get("/desk/letters/new/?group=all&who=missing").content.decode()
    assert "Print 2 letters for everyone?" in page
    assert "1 of these learners has a letter that still works" in page
    client.post("/desk/letters/new/?group=all&who=missing")
    again = LetterRun.objects.first()
    run_job(again.job_id)
    assert {row.learner for row in again.unlock_codes.all()} == {learners["never"], learners["printed"]}


@pytest.mark.parametrize("rows", [1, 5])
def test_the_pages_take_the_same_queries_for_one_row_and_five(
    client, school, coordinator, desk, rows, django_assert_num_queries
):
    for number in range(rows):
        learner = LearnerFactory(user=None, area=school.area, birth_on=BORN)
        RollEntryFactory(learner=learner, school=school, tutor_group=f"11{number}")
        _, row = code_for(learner)
        UnlockFailure.objects.create(unlock_code=row, address_hash="x")
        day = TODAY + dt.timedelta(days=number)
        opened(school, coordinator, day, day)
    client.force_login(coordinator)
    with django_assert_num_queries(6):
        assert len(client.get("/desk/unlocking/").context["standings"]) == rows
    with django_assert_num_queries(7):
        assert len(client.get("/desk/unlocking/days/").context["own"]) == rows
    with django_assert_num_queries(6):
        assert client.get("/desk/unlocking/tries/").context["rows"][0]["wrong"] == rows


# --- guessing


def test_thirty_learners_behind_one_address_get_in_though_one_in_ten_mistypes(client, school):
    people = []
    for number in range(30):
        learner = LearnerFactory(user=None, birth_on=BORN, area=school.area)
        RollEntryFactory(learner=learner, school=school)
        people.append((number, code_for(learner)[0]))
    birthday = {"birth_on_day": "31", "birth_on_month": "3", "birth_on_year": "2011"}
    entered = 0
    for number, code in people:
        if number % 10 == 0:  # the code, then the date
            slip = code[:-1] + ("A" if code[-1] != "A" else "C")
            assert client.post("/unlock/", {"code": slip} | birthday).status_code == 200
            assert client.post("/unlock/", {"code": code} | birthday | {"birth_on_day": "30"}).status_code == 200
        entered += client.post("/unlock/", {"code": code} | birthday).status_code == 302
        client.session.flush()
    assert entered == 30
    assert UnlockFailure.objects.count() == 3
    assert not OutboxMessage.objects.exists()


def test_a_guesser_with_a_stack_of_letters_is_slowed_and_the_right_ones_still_get_in(school, coordinator, desk, client):
    rows = []
    for _ in range(12):
        learner = LearnerFactory(user=None, birth_on=BORN, area=school.area)
        RollEntryFactory(learner=learner, school=school)
        rows.append(code_for(learner)[0])

    def tries(code):
        """How many wrong dates were let through."""
        for number in range(6):
            try:
                actions.check_code(code=code, birth_on=WRONG, address_hash=address_hash(f"192.0.2.{number}"))
            except TooManyTries:
                return number
            except RuleBroken:
                continue
        return 6

    assert [tries(code) for code in rows[:8]] == [5, 5, 5, 5, 2, 2, 2, 2]
    assert check(rows[9]).code_hash == code_hash(rows[9])  # nobody has tried this one
    message = OutboxMessage.objects.get()
    send_unlock_guessing(message.payload)
    assert [sent.to for sent in mail.outbox] == [["office@example.org"], ["desk@example.org"]]
    assert "/desk/unlocking/tries/" in mail.outbox[0].body
    for person in (coordinator, desk):
        client.force_login(person)
        context = client.get("/desk/unlocking/tries/").context
        assert [(row["school"], row["wrong"], row["codes"]) for row in context["rows"]] == [(school.name, 28, 8)]
        assert [(one["school"], one["wrong"]) for one in context["told"]] == [(school.name, 20)]
        assert context["unknown"] == (0 if person == desk else None)
