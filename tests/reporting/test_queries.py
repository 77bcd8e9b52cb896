"""A small town counted by hand."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.actions import register_learner
from accounts.models import Learner
from applications.models import Application, Choice, OutsideOffer
from ilp.models import Contact
from providers.models import LocalAuthority, RoleKind
from reporting.queries.caseload import caseload
from reporting.queries.guarantee import guarantee_cohort, guarantee_rows
from reporting.queries.learners import choices_to_show, filtered, with_roll
from reporting.queries.lights import Light, entry_year_now, light_counts, with_light
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SENT_AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def area():
    return CycleFactory().area


@pytest.fixture
def provider(area):
    return ProviderFactory(area=area)


def learner_of(school, *, year_group=11, **facts):
    learner = LearnerFactory(area=school.area, **facts)
    RollEntryFactory(learner=learner, school=school, year_group=year_group, tutor_group=f"{year_group}A")
    return learner


def choice_in(status, *, learner, provider, rank=1):
    """A row of this status: what leads to a status is the applications floor's business and tested there."""
    application, _ = Application.objects.get_or_create(learner=learner, cycle=CycleFactory(area=learner.area))
    return Choice.objects.create(
        application=application,
        provider=provider,
        rank=rank,
        status=status,
        sent_at=None if status in ("draft", "with_school", "not_sent") else SENT_AT,
    )


def lights(learners):
    return {learner.pk: learner.light for learner in with_light(learners, entry_year=2027)}


@pytest.mark.parametrize(
    ("statuses", "light"),
    [
        ([], Light.NOTHING),
        (["draft"], Light.STARTED),
        (["with_school"], Light.WAITING),
        (["sent", "draft"], Light.WAITING),
        (["interviewing"], Light.WAITING),
        (["reserve_list"], Light.WAITING),
        (["offered"], Light.OFFER),
        (["sent", "held"], Light.OFFER),
        (["turned_down", "accepted"], Light.OFFER),
        (["confirmed"], Light.OFFER),
        (["enrolled"], Light.OFFER),
        (["unsuccessful", "withdrawn", "lapsed", "turned_down"], Light.NOTHING),
    ],
)
def test_the_light_is_the_best_of_the_learners_choices(area, provider, statuses, light):
    learner = learner_of(SchoolFactory(area=area))
    for rank, status in enumerate(statuses, start=1):
        choice_in(status, learner=learner, provider=provider, rank=rank)

    assert lights(Learner.objects.all()) == {learner.pk: light}


def test_an_outside_offer_counts_while_it_stands(area):
    learner = learner_of(SchoolFactory(area=area))
    offer = OutsideOffer.objects.create(
        learner=learner, cycle=CycleFactory(area=area), provider_name="A firm in Leeds", by=UserFactory()
    )
    assert lights(Learner.objects.all()) == {learner.pk: Light.OFFER}

    offer.ended_on = dt.date(2026, 11, 17)
    offer.save()
    assert lights(Learner.objects.all()) == {learner.pk: Light.NOTHING}


def test_a_choice_of_another_cycle_does_not_count(area, provider):
    learner = learner_of(SchoolFactory(area=area))
    last_year = CycleFactory(
        area=area,
        entry_year=2026,
        opens_on=dt.date(2025, 9, 15),
        closes_on=dt.date(2026, 8, 31),
        ends_on=dt.date(2026, 10, 31),
    )
    application = Application.objects.create(learner=learner, cycle=last_year)
    Choice.objects.create(application=application, provider=provider, rank=1, status="offered", sent_at=SENT_AT)

    assert lights(Learner.objects.all()) == {learner.pk: Light.NOTHING}
    assert entry_year_now(area) == 2027


def test_the_guarantee_page_counts_the_town_as_a_person_would(area, provider):
    hollins, brannoc = (
        SchoolFactory(name="Hollins Park School", area=area),
        SchoolFactory(name="St Brannoc's", area=area),
    )
    choice_in("offered", learner=learner_of(hollins), provider=provider)
    choice_in("sent", learner=learner_of(hollins), provider=provider)
    learner_of(hollins)
    choice_in("accepted", learner=learner_of(brannoc), provider=provider)
    learner_of(brannoc, year_group=10)
    elsewhere = SchoolFactory(area=AreaFactory(name="Westhaven"))
    choice_in("offered", learner=learner_of(elsewhere), provider=provider)

    everybody, schools = guarantee_rows(area, year_group=11, entry_year=2027)

    def numbers(row):
        return row.name, row.cohort, [count.count for count in row.by_light], row.offer_percent

    assert numbers(everybody) == ("Everybody", 4, [1, 0, 1, 2], 50.0)
    assert [numbers(row) for row in schools] == [
        ("Hollins Park School", 3, [1, 0, 1, 1], 33.3),
        ("St Brannoc's", 1, [0, 0, 0, 1], 100.0),
    ]


def test_a_refuser_with_a_roll_record_counts_once(area, provider):
    """Who registered themselves is on no roll, so the school's record is the one that counts; nobody looks whether the
    two are one. Who is asked for consent and says no is one record anyway, and their light is true all the same."""
    school = SchoolFactory(area=area)
    roll_record = learner_of(school, given_name="Amina", family_name="Yusuf", birth_on=dt.date(2011, 3, 31), user=None)
    refuser = register_learner(
        area=area,
        given_name="Amina",
        family_name="Yusuf",
        birth_on=dt.date(2011, 3, 31),
        postcode="HX1 1AA",
        attends="school",
        school=school,
        may_match=False,
        match_words="May we look?",
        username="amina.y",
        password="seven green bicycles",
        address_hash="a" * 64,
    ).learner
    choice_in("offered", learner=refuser, provider=provider)
    silent = learner_of(school)
    silent.consents.create(kind="advice_service", is_given=False, words="May we?", by=silent.user)
    choice_in("offered", learner=silent, provider=provider)
    adviser = StaffRoleFactory(kind=RoleKind.ADVISER)
    CaseloadSchoolFactory(adviser=adviser, school=school)

    everybody, schools = guarantee_rows(area, year_group=11, entry_year=2027)

    assert [(row.cohort, [count.count for count in row.by_light]) for row in (everybody, *schools)] == [
        (2, [1, 0, 0, 1])
    ] * 2
    answered_for = caseload(adviser.user, entry_year=2027)
    assert {one.pk: one.light for one in answered_for} == {roll_record.pk: "nothing", silent.pk: "offer"}
    officer = StaffRoleFactory(organisation=OrganisationFactory(kind="authority", area=area), kind=RoleKind.OFFICER)
    assert set(Learner.objects.visible_to(officer.user)) == {roll_record, silent}


def test_year_12_counts_where_it_lives_and_year_11_where_it_is_educated(area):
    authority = LocalAuthority.objects.create(code="998", name="Northmoor")
    other_authority = LocalAuthority.objects.create(code="997", name="Westhaven")
    area.authority = authority
    area.save()
    here, there = SchoolFactory(area=area), SchoolFactory(area=AreaFactory(name="Westhaven"))
    lives_here_learns_there = learner_of(there, year_group=12, residence_authority=authority)
    learner_of(here, year_group=12, residence_authority=other_authority)
    unknown = learner_of(here, year_group=12)
    year_11 = learner_of(here, residence_authority=other_authority)

    assert set(guarantee_cohort(area, year_group=12)) == {lives_here_learns_there, unknown}
    assert set(guarantee_cohort(area, year_group=11)) == {year_11}


def test_nobody_in_a_year_gives_an_empty_line_and_no_share(area):
    everybody, schools = guarantee_rows(area, year_group=12, entry_year=2027)

    assert (everybody.cohort, everybody.offer_percent, schools) == (0, None, [])


def test_the_caseload_puts_a_due_step_first_then_who_has_nothing(area, provider):
    school = SchoolFactory(area=area)
    adviser = CaseloadSchoolFactory(school=school).adviser
    has_offer = learner_of(school, family_name="Abbott")
    choice_in("offered", learner=has_offer, provider=provider)
    waiting = learner_of(school, family_name="Barker")
    choice_in("sent", learner=waiting, provider=provider)
    nothing = learner_of(school, family_name="Clegg")
    due = learner_of(school, family_name="Dyson")
    choice_in("offered", learner=due, provider=provider)
    Contact.objects.create(
        learner=due,
        by=adviser.user,
        kind="phone",
        on=dt.date(2026, 11, 1),
        next_step="Ring",
        next_on=dt.date(2026, 11, 18),
    )
    learner_of(SchoolFactory(area=area), family_name="Elsewhere")

    assert list(caseload(adviser.user, entry_year=2027)) == [due, nothing, waiting, has_offer]


def test_the_counts_are_of_the_same_learners_as_the_list(area, provider):
    school = SchoolFactory(area=area)
    for status in ("offered", "sent", "draft"):
        choice_in(status, learner=learner_of(school), provider=provider)
    learners = with_roll(with_light(Learner.objects.all(), entry_year=2027))

    counts = {count.light: count.count for count in light_counts(learners)}
    assert counts == {Light.NOTHING: 0, Light.STARTED: 1, Light.WAITING: 1, Light.OFFER: 1}
    for light, count in counts.items():
        assert filtered(learners, light=light).count() == count


def test_filters_narrow_by_school_group_year_and_name(area):
    school, other = SchoolFactory(area=area), SchoolFactory(area=area)
    amina = learner_of(school, given_name="Amina", family_name="Yusuf")
    learner_of(other, given_name="Ben", family_name="Okafor")
    learners = with_roll(with_light(Learner.objects.all(), entry_year=2027))

    for answers in (
        {"school": school.reference},
        {"name": "yus ami"},
        {"school": school.reference, "tutor_group": "11A"},
    ):
        assert list(filtered(learners, **answers)) == [amina]
    assert list(filtered(learners, year_group="12")) == []
    assert filtered(learners, year_group="x").count() == 2


def test_choices_are_shown_to_an_adviser_only_with_consent(area, provider):
    school = SchoolFactory(area=area)
    adviser = CaseloadSchoolFactory(school=school).adviser
    sharing, refusing = learner_of(school), learner_of(school)
    for learner in (sharing, refusing):
        choice_in("sent", learner=learner, provider=provider)
        learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    refusing.consents.create(kind="advice_service", is_given=False, words="May we?", by=refusing.user)

    shown = choices_to_show(adviser.user, [sharing, refusing], entry_year=2027)
    assert [choice.application.learner for choice in shown.pop(sharing.pk)] == [sharing]
    assert shown == {}


def test_the_caseload_of_nobody_is_empty(area):
    learner_of(SchoolFactory(area=area))

    assert caseload(AnonymousUser(), entry_year=2027).count() == 0
    assert caseload(StaffRoleFactory(kind=RoleKind.OFFICER).user, entry_year=2027).count() == 0
