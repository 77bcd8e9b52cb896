"""What a learner agrees to: the words they were asked in, when an answer stops holding, and who sees what without."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts import actions
from accounts.models import WORDS, Consent, ConsentKind, Learner, LearnerContact
from accounts.queries import asked, learners_without_answer
from activity.models import Event
from applications.actions import record_outside_offer
from applications.models import OutsideOffer
from core.errors import NotAllowed, RuleBroken
from providers.models import RoleKind
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)
from tests.reporting.test_queries import choice_in

ADVICE = ConsentKind.ADVICE_SERVICE
NEW_WORDS = "May we also show your plan to the youth workers of Northmoor, so that they can help you?"

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(school):
    learner = LearnerFactory(area=school.area, given_name="Amina")
    RollEntryFactory(learner=learner, school=school)
    return learner


@pytest.fixture
def desk(school):
    organisation = OrganisationFactory(kind="authority", area=school.area)
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=organisation).user


def answer(learner, is_given, words="May we?"):
    return actions.answer_consent(learner=learner, kind=ADVICE, is_given=is_given, words=words, by=learner.user)


def reword(school, desk, *, is_material, words=NEW_WORDS):
    return actions.word_consent(area=school.area, kind=ADVICE, words=words, is_material=is_material, by=desk)


def shares(learner):
    return Learner.objects.filter(pk=learner.pk).sharing_with_advisers().exists()


def test_an_area_words_the_question_and_older_answers_hold_while_it_asks_for_the_same(school, learner, desk):
    answer(learner, True)

    reword(school, desk, is_material=False)

    assert asked(learner, ADVICE).words == NEW_WORDS
    assert shares(learner)
    assert asked(learner, ADVICE).is_given
    assert learner not in learners_without_answer(ADVICE)


def test_words_that_ask_for_something_else_end_every_older_yes_and_ask_everybody_again(
    school, learner, desk, school_day
):
    answer(learner, True)
    elsewhere = LearnerFactory(area=AreaFactory(name="Westhaven"))
    answer(elsewhere, True)
    school_day.shift(dt.timedelta(minutes=1))

    reword(school, desk, is_material=True)

    assert not shares(learner)
    assert (asked(learner, ADVICE).is_asked_again, asked(learner, ADVICE).is_given) == (True, False)
    assert list(learners_without_answer(ADVICE)) == [learner]
    assert shares(elsewhere)
    school_day.shift(dt.timedelta(minutes=1))
    answer(learner, True, words=NEW_WORDS)
    assert shares(learner)
    assert not learners_without_answer(ADVICE).exists()
    assert [consent.words for consent in learner.consents.all()] == [NEW_WORDS, "May we?"]


def test_only_the_area_coordinator_words_the_question_and_never_the_same_way_twice(school, desk, coordinator):
    reword(school, desk, is_material=False)
    with pytest.raises(RuleBroken) as refusal:
        reword(school, desk, is_material=True)
    assert refusal.value.code == "same_words"
    other = StaffRoleFactory(
        kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(area=AreaFactory(name="Westhaven"))
    ).user
    for person in (coordinator, other):
        with pytest.raises(NotAllowed):
            reword(school, person, is_material=True, words="x" * 50)
    assert Event.objects.filter(verb="consent.word").count() == 1


def test_whoever_is_under_13_is_not_asked_and_cannot_answer(school, learner, client):
    Learner.objects.filter(pk=learner.pk).update(birth_on=dt.date(2013, 11, 19))  # 13 tomorrow
    learner.refresh_from_db()
    client.force_login(learner.user)

    assert not learners_without_answer(ADVICE).exists()
    with pytest.raises(RuleBroken) as refusal:
        answer(learner, True)
    assert refusal.value.code == "too_young"
    assert client.get("/start/").url == "/welcome/"
    assert "from your 13th birthday" in client.get("/my-consent/").content.decode()
    Learner.objects.filter(pk=learner.pk).update(birth_on=dt.date(2013, 11, 18))
    assert list(learners_without_answer(ADVICE)) == [learner]


def test_a_page_opened_before_the_words_changed_is_shown_again(school, learner, desk, client):
    client.force_login(learner.user)
    reword(school, desk, is_material=True)

    page = client.post("/my-consent/", {"is_given": "yes", "version": ""}).content.decode()

    assert "The question has changed since you opened this page" in page
    assert NEW_WORDS in page
    assert not Consent.objects.exists()
    version = asked(learner, ADVICE).version
    assert f'value="{version}"' in page
    client.post("/my-consent/", {"is_given": "yes", "version": version})
    assert Consent.objects.get().words == NEW_WORDS


def test_the_area_coordinators_page_says_how_many_share_and_keeps_the_earlier_words(school, learner, desk, client):
    answer(learner, True)
    client.force_login(desk)
    url = reverse("accounts:consent-words")

    page = client.get(url).content.decode()
    assert "1 learner shares today" in page
    assert str(WORDS[ADVICE])[:40] in page
    assert client.post(url, {"words": NEW_WORDS, "is_material": "yes"}, follow=True).status_code == 200
    page = client.get(url).content.decode()
    assert "0 learners share today" in page
    assert "Everybody asked again" in page


# --- what is seen without consent, and by whom


def test_withdrawing_works_at_once_for_the_adviser_and_leaves_the_statutory_minimum(school, learner, client):
    adviser = CaseloadSchoolFactory(school=school).adviser.user
    LearnerContactFactory(learner=learner, email="amina@example.org")
    CycleFactory(area=school.area)
    choice = choice_in("sent", learner=learner, provider=ProviderFactory(name="Northfield College", area=school.area))
    answer(learner, True)
    client.force_login(adviser)
    url = reverse("reporting:learner", args=[learner.reference])
    assert str(choice.provider) in client.get(url).content.decode()

    answer(learner, False)

    page = client.get(url).content.decode()
    assert str(choice.provider) not in page
    for seen in ("Amina", "Hollins Park School", "amina@example.org", "Waiting for an answer", "31 March 2011"):
        assert seen in page
    assert str(choice.provider) not in client.get(reverse("reporting:caseload")).content.decode()


def test_an_offer_made_elsewhere_is_no_part_of_the_minimum_unless_the_adviser_recorded_it(school, learner, coordinator):
    adviser = CaseloadSchoolFactory(school=school).adviser.user
    offers = {
        by: record_outside_offer(
            learner=learner, cycle=CycleFactory(area=school.area), provider_name=str(by), course_name="", by=by
        )
        for by in (coordinator, adviser)
    }

    assert list(OutsideOffer.objects.visible_to(adviser)) == [offers[adviser]]
    answer(learner, True)
    assert set(OutsideOffer.objects.visible_to(adviser)) == set(offers.values())


def officer_of(area, kind="authority"):
    return StaffRoleFactory(kind=RoleKind.OFFICER, organisation=OrganisationFactory(kind=kind, area=area)).user


@pytest.mark.parametrize(
    ("year_group", "ended_on", "is_seen"),
    [(10, None, False), (11, None, True), (13, None, True), (11, dt.date(2026, 9, 1), True)],
)
def test_an_officer_sees_the_young_people_of_the_guarantee_and_nobody_younger(school, year_group, ended_on, is_seen):
    learner = LearnerFactory(area=school.area)
    RollEntryFactory(
        learner=learner, school=school, year_group=year_group, started_on=dt.date(2026, 1, 5), ended_on=ended_on
    )

    assert Learner.objects.visible_to(officer_of(school.area)).filter(pk=learner.pk).exists() is is_seen


def test_an_officer_sees_nobody_on_no_roll_nobody_elsewhere_and_no_officer_of_a_college_anybody(school, learner):
    LearnerFactory(area=school.area)
    RollEntryFactory(learner=LearnerFactory(area=AreaFactory(name="Westhaven")), school=SchoolFactory())

    assert list(Learner.objects.visible_to(officer_of(school.area))) == [learner]
    assert not Learner.objects.visible_to(officer_of(school.area, kind="college")).exists()


def test_an_officer_reads_name_school_and_light_and_not_the_date_of_birth(school, learner, client):
    client.force_login(officer_of(school.area))

    page = client.get(reverse("reporting:learner", args=[learner.reference])).content.decode()

    assert "Amina" in page
    assert "31 March 2011" not in page


def test_contact_details_are_not_for_tutors_officers_or_the_advisers_of_another_school(school, learner):
    LearnerContactFactory(learner=learner)
    tutor = StaffRoleFactory(kind=RoleKind.TUTOR, organisation=school).user
    other = CaseloadSchoolFactory().adviser.user

    for person in (tutor, other, officer_of(school.area)):
        assert not LearnerContact.objects.visible_to(person).exists()
