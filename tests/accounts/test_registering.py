"""A learner without a letter registers; a person says which school's record is theirs; it can be taken back."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import actions
from accounts.actions.doubts import join_doubted, keep_doubt_apart
from accounts.models import Consent, ConsentKind, Learner, LearnerContact, LearnerDoubt, Receipt, Registration, User
from activity.models import Event
from core.errors import NotAllowed, RuleBroken, StaleState, TooManyTries
from prospectus.actions.keeping import keep_course
from providers.models import RoleKind
from tests.accounts.conftest import BORN, code_for
from tests.factories import (
    AreaFactory,
    CourseFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once

PASSWORD = "seven green bicycles"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    """Wrong tries of one test do not count in the next."""
    cache.clear()


@pytest.fixture
def desk(school):
    organisation = OrganisationFactory(kind="authority", area=school.area)
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=organisation).user


def register(area, **said):
    answers = {
        "given_name": "Amina",
        "family_name": "Yusuf",
        "birth_on": BORN,
        "postcode": "hx11aa",
        "attends": "home",
        "may_match": True,
        "match_words": "May we look?",
        "username": f"amina{User.objects.count()}",
        "password": PASSWORD,
        "address_hash": "a" * 64,
    }
    return actions.register_learner(area=area, **(answers | said)).learner


def refused(code, **said):
    with pytest.raises(RuleBroken) as refusal:
        register(AreaFactory(), **said)
    assert refusal.value.code == code
    assert not Learner.objects.exists()


# --- registering


def test_a_registered_learner_has_an_account_is_on_no_roll_and_the_words_are_kept(school, coordinator, desk):
    learner = register(school.area, attends="school", school=school, may_match=False)

    assert learner.contact.postcode == "HX1 1AA"
    assert not learner.roll_entries.exists()
    for person in (coordinator, desk):
        assert not Learner.objects.visible_to(person).exists()
    consent = Consent.objects.get()
    assert (consent.kind, consent.is_given, consent.words) == ("record_match", False, "May we look?")
    assert Event.objects.get(verb="learner.register").facts == {"attends": "school"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"birth_on": dt.date(2013, 11, 19)}, "too_young"),
        ({"birth_on": dt.date(2000, 11, 18)}, "too_old"),
        ({"postcode": "HX1"}, "no_postcode"),
        ({"attends": "school"}, "school_missing"),
        ({"attends": "elsewhere", "elsewhere": " "}, "school_missing"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(db, said, code):
    refused(code, **said)


def test_a_name_that_is_taken_and_a_weak_password_are_refused(school):
    register(school.area, username="amina.y")
    with pytest.raises(RuleBroken) as refusal:
        register(school.area, username="Amina.Y")
    assert refusal.value.code == "username_taken"
    with pytest.raises(ValidationError):
        register(school.area, password="12345678")
    assert Registration.objects.count() == 1


def test_two_classes_register_from_one_address_and_no_more_within_the_hour(school, school_day):
    learners = [LearnerFactory(area=school.area, user=None) for _ in range(60)]
    Registration.objects.bulk_create(
        Registration(learner=learner, attends="home", address_hash="a" * 64) for learner in learners
    )
    with pytest.raises(TooManyTries):
        register(school.area)
    register(school.area, address_hash="b" * 64)
    school_day.shift(dt.timedelta(hours=1, minutes=1))
    register(school.area)


# --- being found


def record_of(school, **facts):
    said = {"given_name": "Amina", "family_name": "Yusuf", "birth_on": BORN, "area": school.area, "user": None} | facts
    learner = LearnerFactory(**said)
    LearnerContactFactory(learner=learner, postcode="HX1 1AA")
    RollEntryFactory(learner=learner, school=school)
    return learner


def doubt_of(learner):
    return LearnerDoubt.objects.get(other=learner)


@pytest.mark.parametrize(
    ("facts", "is_asked"),
    [
        ({}, True),
        ({"given_name": "Aminata", "preferred_name": "Amina"}, True),
        ({"family_name": "Yusuf-Reed"}, True),  # the same home
        ({"given_name": "Ben", "family_name": "Okafor"}, False),
        ({"birth_on": dt.date(2011, 3, 30)}, False),
    ],
)
def test_records_like_theirs_wait_for_a_person_and_others_do_not(school, facts, is_asked):
    record = record_of(school, **facts)

    learner = register(school.area)

    assert list(LearnerDoubt.objects.values_list("learner", "other", "school")) == (
        [(record.pk, learner.pk, school.pk)] if is_asked else []
    )
    assert Learner.objects.count() == 2


def test_nobody_looks_for_whoever_said_no_and_a_no_ends_what_waits(school):
    record_of(school)
    refuser = register(school.area, may_match=False)
    assert not LearnerDoubt.objects.exists()

    answer = {"learner": refuser, "words": "May we look?", "by": refuser.user}
    actions.answer_record_match(is_given=True, **answer)
    assert LearnerDoubt.objects.count() == 1
    actions.answer_record_match(is_given=False, **answer)

    assert not LearnerDoubt.objects.exists()
    assert actions.ask_about_registered(area_id=school.area_id) == 0
    with pytest.raises(NotAllowed):
        actions.answer_record_match(**answer | {"by": LearnerFactory().user}, is_given=True)


@pytest.mark.parametrize("may_match", [True, False])
def test_a_roll_never_takes_a_registered_learner_silently(school, may_match):
    learner = register(school.area, may_match=may_match)
    row = actions.RollRow(
        row=2, given_name="Amina", family_name="Yusuf", birth_on=BORN, year_group=11, postcode="HX1 1AA"
    )

    outcome = actions.apply_roll(school=school, rows=[row], by=None)

    assert outcome.counts["added"] == 1
    assert not learner.roll_entries.exists()
    assert LearnerDoubt.objects.filter(other=learner).count() == int(may_match)
    actions.apply_roll(school=school, rows=[row], by=None)
    assert LearnerDoubt.objects.count() == int(may_match)
    assert Learner.objects.count() == 2


def test_the_same_keeps_account_kept_courses_consents_and_supporters_and_is_on_the_roll(school, coordinator):
    record = record_of(school, upn="H801200001001", preferred_name="Mina")
    learner = register(school.area)
    CycleFactory(area=school.area)
    keep_course(course=CourseFactory(), by=learner.user)
    actions.answer_consent(
        learner=learner, kind=ConsentKind.ADVICE_SERVICE, is_given=True, words="May we?", by=learner.user
    )
    code_for(record)
    actions.leave_receipts(learner=record, by=coordinator, sections=["record"])
    actions.leave_receipts(learner=learner, by=coordinator, sections=["record"])

    join_doubted(doubt=doubt_of(learner), by=coordinator)

    learner = Learner.objects.get()
    assert (learner.user.username[:5], learner.upn, learner.known_as) == ("amina", "H801200001001", "Mina")
    assert learner.roll_entries.get().school == school
    assert learner.consents.filter(is_given=True).count() == 2
    assert list(Receipt.objects.values_list("learner", "times")) == [(learner.pk, 2)]
    assert (learner.registration.joined_by, learner.registration.can_be_undone) == (coordinator, True)
    assert Learner.objects.visible_to(coordinator).exists()
    with pytest.raises(StaleState):
        actions.answer_record_match(learner=learner, is_given=False, words="?", by=learner.user)


def test_not_the_same_is_never_asked_again(school, coordinator):
    record_of(school)
    learner = register(school.area)

    keep_doubt_apart(doubt=doubt_of(learner), by=coordinator)

    assert actions.ask_about_registered(area_id=school.area_id) == 0
    assert Learner.objects.count() == 2


def test_a_record_that_was_unlocked_is_not_asked_about(school):
    record_of(school, user=UserFactory())

    register(school.area)

    assert not LearnerDoubt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_matched_and_unlocked_at_once_one_of_them_wins():
    school = SchoolFactory(area=AreaFactory())
    coordinator = StaffRoleFactory(organisation=school, kind=RoleKind.COORDINATOR).user
    record = record_of(school)
    learner = register(school.area)
    _code, unlock_code = code_for(record)

    results = at_once(
        lambda: join_doubted(doubt=doubt_of(learner), by=coordinator),
        lambda: actions.unlock_account(unlock_code=unlock_code, username="mina.yusuf", password=PASSWORD),
    )

    refusals = [result for result in results if isinstance(result, Exception)]
    assert [type(refusal) for refusal in refusals] in ([StaleState], [RuleBroken])
    # No learner has two accounts, and nobody's account is without its learner.
    assert Learner.objects.exclude(user=None).count() == User.objects.filter(staff_roles=None).count()


# --- taking it back


def joined(school, coordinator):
    record_of(school, upn="H801200001001", given_name="Amina", preferred_name="Mina")
    learner = register(school.area)
    join_doubted(doubt=doubt_of(learner), by=coordinator)
    return Learner.objects.get()


def test_taken_apart_the_school_has_its_record_and_the_learner_their_account(school, coordinator, desk):
    learner = joined(school, coordinator)

    record = actions.separate_registered(registration=learner.registration, by=desk)

    learner = Learner.objects.get(pk=learner.pk)
    assert (record.upn, record.known_as, record.user) == ("H801200001001", "Mina", None)
    assert (learner.upn, learner.known_as, learner.user is None) == (None, "Amina", False)
    assert record.roll_entries.count() == 1
    assert not learner.roll_entries.exists()
    assert sorted(LearnerContact.objects.values_list("learner", "postcode")) == sorted(
        [(record.pk, "HX1 1AA"), (learner.pk, "HX1 1AA")]
    )
    assert not Learner.objects.visible_to(coordinator).filter(pk=learner.pk).exists()
    assert actions.ask_about_registered(area_id=school.area_id) == 0
    with pytest.raises(StaleState):
        actions.separate_registered(registration=learner.registration, by=desk)


def test_only_the_area_coordinator_and_only_for_thirty_days(school, coordinator, desk, school_day):
    learner = joined(school, coordinator)
    with pytest.raises(NotAllowed):
        actions.separate_registered(registration=learner.registration, by=coordinator)
    school_day.shift(dt.timedelta(days=30))
    with pytest.raises(RuleBroken) as refusal:
        actions.separate_registered(registration=learner.registration, by=desk)
    assert refusal.value.code == "undo_too_late"


def test_what_was_typed_is_kept_no_longer_than_it_is_needed(school, coordinator, school_day):
    learner = joined(school, coordinator)
    school_day.shift(dt.timedelta(days=1))
    assert actions.tidy_registrations() == 0
    learner.registration.refresh_from_db()
    assert (learner.registration.address_hash, learner.registration.family_name) == ("", "Yusuf")
    school_day.shift(dt.timedelta(days=29))
    assert actions.tidy_registrations() == 1
    learner.registration.refresh_from_db()
    assert (learner.registration.family_name, learner.registration.postcode) == ("", "")


# --- the pages


@pytest.fixture
def form(school, school_day, client):
    """What somebody types, four seconds after they opened the page."""
    page = client.get(reverse("accounts:register"))
    school_day.shift(dt.timedelta(seconds=4))
    return {
        "given_name": "Cai",
        "family_name": "Rees",
        "birth_on_day": "31",
        "birth_on_month": "3",
        "birth_on_year": "2011",
        "postcode": "HX1 1AA",
        "area": school.area.slug,
        "attends": "school",
        "school": school.reference,
        "may_match": "no",
        "username": "cai.r",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "website": "",
        "seen": page.context["form"].initial["seen"],
    }


def test_somebody_registers_answers_and_searches_and_applies_at_once(client, form):
    page = client.post(reverse("accounts:register"), form, follow=True)

    assert page.redirect_chain[-1][0] == reverse("accounts:consent")
    client.post(reverse("accounts:consent"), {"is_given": "no"})
    assert client.get(reverse("accounts:welcome")).status_code == 200
    assert client.get(reverse("applications:home")).status_code == 200
    page = client.get(reverse("accounts:information")).content.decode()
    assert "Nobody looks for the record a school has of you" in page
    client.post(reverse("accounts:record-match"), {"is_given": "yes"})
    assert "let us look for the record" in client.get(reverse("accounts:information")).content.decode()


@pytest.mark.parametrize("spoilt", [{"website": "https://spam.example"}, {"seen": ""}, {"seen": "1700000000"}])
def test_a_robot_gets_the_page_back(client, form, spoilt):
    page = client.post(reverse("accounts:register"), form | spoilt)

    assert "look at your answers once more" in page.content.decode()
    assert not Registration.objects.exists()


def test_faster_than_anybody_types_is_asked_to_press_again(client, form, school_day):
    school_day.shift(dt.timedelta(seconds=-3))
    url = reverse("accounts:register")
    assert "press the button again" in client.post(url, form).content.decode()
    school_day.shift(dt.timedelta(seconds=3))
    assert client.post(url, form).status_code == 302


def test_a_refusal_stands_at_its_question(client, form):
    page = client.post(reverse("accounts:register"), form | {"birth_on_year": "2014"}).content.decode()

    assert "from your 13th birthday" in page
    assert 'value="Cai"' in page


@pytest.mark.parametrize("count", [1, 5])
def test_the_area_coordinators_list_asks_the_same_number_of_questions(
    school, desk, coordinator, client, count, django_assert_num_queries
):
    for number in range(count):
        record_of(school, family_name=f"Yusuf{number}")
        register(school.area, family_name=f"Yusuf{number}")
    register(school.area, may_match=False, family_name="Refuser")
    join_doubted(doubt=LearnerDoubt.objects.first(), by=coordinator)
    client.force_login(desk)

    with django_assert_num_queries(5):
        page = client.get(reverse("accounts:registered"))

    assert len(page.context["registrations"]) == count
    assert "Refuser" not in page.content.decode()


def test_the_area_coordinator_takes_two_apart(school, desk, coordinator, client):
    learner = joined(school, coordinator)
    client.force_login(desk)
    url = reverse("accounts:registration-separate", args=[learner.registration.reference])

    assert "without an account" in client.get(url).content.decode()
    assert "They are two learners again" in client.post(url, follow=True).content.decode()
    assert client.get(url).status_code == 404
