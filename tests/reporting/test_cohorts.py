"""Any cohort, counted by hand; who reads its names; and that rounded answers tell of nobody."""

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import Characteristics, Learner, Receipt
from applications.models import Application, Choice, Offer, OutsideOffer
from core.suppression import SMALL, could_be
from ilp import actions as ilp_actions
from ilp.models import RecordCode, RecordFact
from providers.models import LocalAuthority, RoleKind
from reporting.forms import CohortForm
from reporting.queries import cohorts
from reporting.queries.cohort_figures import figures_of
from reporting.queries.cohorts import STAGES, Cohort, names_of
from reporting.queries.readers import reader_of
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    SubjectFactory,
)
from tests.ground import ground

pytestmark = pytest.mark.django_db
SENT_AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
PAGE = "/desk/cohorts/"


@ground
def town():
    """Two schools of Northmoor and one elsewhere; everybody who may ask."""
    town = SimpleNamespace()
    town.cycle = CycleFactory()
    town.area = town.cycle.area
    town.area.authority = LocalAuthority.objects.create(code="998", name="Northmoor")
    town.area.save()
    town.hollins = SchoolFactory(area=town.area, name="Hollins Park School")
    town.brannoc = SchoolFactory(area=town.area, name="St Brannoc's")
    town.college = ProviderFactory(area=town.area, name="Northfield College")
    authority = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=authority).user
    town.coordinator = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=town.hollins).user
    service = StaffRoleFactory(kind=RoleKind.ADVISER, organisation__area=town.area)
    town.adviser = CaseloadSchoolFactory(school=town.hollins, adviser=service).adviser.user
    return town


def learner_at(school, *, year_group=11, tutor_group="11A", shares=None, **facts):
    learner = LearnerFactory(area=school.area, **facts)
    RollEntryFactory(learner=learner, school=school, year_group=year_group, tutor_group=tutor_group)
    if shares is not None:
        learner.consents.create(kind="advice_service", is_given=shares, words="May we?", by=learner.user)
    return learner


def choice_in(status, *, learner, town, run=None):
    application, _ = Application.objects.get_or_create(learner=learner, cycle=town.cycle)
    choice = Choice.objects.create(
        application=application, provider=town.college, rank=1, status=status,
        sent_at=None if status in ("draft", "with_school") else SENT_AT,
        with_school_at=SENT_AT if status == "with_school" else None,
    )  # fmt: skip
    if status in ("offered", "accepted", "enrolled", "turned_down"):
        Offer.objects.create(choice=choice, by=town.officer, answer_by_on=dt.date(2026, 12, 1))
    if run:
        choice.choice_runs.create(run=run)
    return choice


def numbers(figures):
    return {cell.stage: cell.shown for cell in figures.whole.cells}


def asked(user, *, by="", **filters):
    return figures_of(reader_of(user), Cohort(**filters), by=by, entry_year=2027)


@ground
def hollins_year(town):
    """Eight of Hollins Park's Year 11, each further than the one before; one refuses the advice service."""
    mates = [learner_at(town.hollins, shares=True) for _number in range(6)]
    mates.append(learner_at(town.hollins, shares=False))
    mates.append(learner_at(town.hollins, tutor_group="11B", user=None))
    for learner in mates[2:7]:
        plan = ilp_actions.start_plan(learner=learner, by=learner.user)
        ilp_actions.add_entry(plan=plan, kind="interest", title="Rowing", by=learner.user)
    for learner, status in zip(
        mates[1:7], ("draft", "with_school", "sent", "offered", "enrolled", "accepted"), strict=True
    ):
        choice_in(status, learner=learner, town=town)
    learner_at(town.brannoc)
    learner_at(town.hollins, year_group=10)
    town.mates = mates
    return town


def test_a_coordinator_counts_the_school_as_a_person_would(hollins_year):
    figures = asked(hollins_year.coordinator, year_group="11", by="tutor_group")

    assert numbers(figures) == {
        "eligible": 8, "unlocked": 7, "consented": None, "planned": 5, "started": 6, "sent": 5, "with_provider": 4,
        "offer": 3, "accepted": 2, "enrolled": 1,
    }  # fmt: skip
    assert [(line.label, line.cells[0].shown) for line in figures.parts] == [("11A", 7), ("11B", 1)]


def test_an_adviser_counts_plans_and_places_of_those_who_share_them(hollins_year):
    assert numbers(asked(hollins_year.adviser, year_group="11")) == {
        "eligible": 8, "unlocked": 7, "consented": 6, "planned": 4, "started": 6, "sent": 5, "with_provider": 3,
        "offer": 3, "accepted": 1, "enrolled": 1,
    }  # fmt: skip


def test_an_officer_reads_names_of_the_minimum_and_rounded_figures_of_the_rest(hollins_year):
    figures = asked(hollins_year.officer, year_group="11", by="school")

    assert numbers(figures) == dict.fromkeys(STAGES) | {"eligible": 9, "started": 6, "sent": 5, "offer": 3}
    assert [(line.label, line.cells[0].shown) for line in figures.parts] == [
        ("Hollins Park School", 8), ("St Brannoc's", 1),
    ]  # fmt: skip
    assert figures.is_rounded


@pytest.mark.parametrize("person", ["coordinator", "adviser", "officer"])
def test_every_number_with_names_is_the_length_of_its_list(client, hollins_year, person):
    user = getattr(hollins_year, person)
    reader, named = reader_of(user), 0
    for filters in ({"by": "tutor_group", "year_group": "11"}, {"basis": "resident"}):
        figures = asked(user, **filters)
        for line in figures.parts[:1] or [figures.whole]:
            for cell in line.cells:
                if cell.has_names:
                    assert names_of(reader, line.cohort, cell.stage, entry_year=2027).count() == cell.shown
                    named += 1
                else:
                    assert names_of(reader, line.cohort, cell.stage, entry_year=2027) is None
    assert named > 3
    client.force_login(user)
    cells = client.get(f"{PAGE}?year_group=11").context["whole"]
    assert client.get(cells[0]["url"]).context["paginator"].count == cells[0]["shown"]


def test_reading_the_names_leaves_receipts_and_nobody_else_can(client, hollins_year):
    names = reverse("reporting:cohort-names")
    client.force_login(hollins_year.coordinator)
    page = client.get(names, {"year_group": "11", "stage": "planned"})

    looked = Receipt.objects.values_list("learner", "section", "role__kind")
    assert set(looked) == {
        (one.pk, section, "coordinator") for one in page.context["object_list"] for section in ("record", "plan")
    }
    client.force_login(hollins_year.officer)
    for query in ({"year_group": "11", "stage": "planned"}, {"year_group": "10"}, {"stage": "nonsense"}):
        assert client.get(names, query).status_code == 404
    assert client.get(names, {"year_group": "11"}).status_code == 200


def test_filters_narrow_to_characteristics_need_provider_and_subject(town):
    course = CourseFactory(provider=town.college, subject=SubjectFactory())
    run = CourseRunFactory(course=course)
    looked_after, supported, plain = (learner_at(town.hollins) for _number in range(3))
    Characteristics.objects.create(learner=looked_after, is_looked_after=True, ethnicity="WBRI", sen_provision="N")
    Characteristics.objects.create(learner=supported, is_looked_after=False, ethnicity="AIND", sen_provision="K")
    ilp_actions.load_record_codes()
    code = RecordCode.objects.get(kind="need", code="1")
    RecordFact.objects.create(learner=plain, kind="need", code=code, started_on=dt.date(2026, 9, 1), by=town.adviser)
    choice_in("sent", learner=supported, town=town, run=run)
    choice_in("draft", learner=plain, town=town, run=run)
    officer, coordinator = reader_of(town.officer), reader_of(town.coordinator)

    def names(reader, stage="eligible", **filters):
        found = names_of(reader, Cohort(year_group="11", **filters), stage, entry_year=2027)
        return found if found is None else set(found)

    assert names(officer, looked_after="yes") == names(coordinator, ethnicity="WBRI") == {looked_after}
    assert names(officer, sen="K") == {supported}
    assert names(officer, sen="-") == {plain}
    assert names(officer, looked_after="no") == {supported}
    assert names(officer, need="1") == {plain}
    assert names(officer, need="-") == {looked_after, supported}
    assert names(coordinator, need="1") is None
    assert names(coordinator, provider=town.college.reference) == {supported}
    assert names(coordinator, "sent", subject=course.subject_id) == {supported}
    assert names(officer, subject=course.subject_id) is None
    by_sen = asked(town.officer, year_group="11", by="sen").parts
    assert [(line.label, line.cells[0].shown) for line in by_sen] == [
        ("No special educational need", 1), ("SEN support", 1), ("Not recorded", 1),
    ]  # fmt: skip
    assert asked(town.adviser, by="sen").parts == []


def test_a_choice_elsewhere_is_not_the_provider_asked_for(town):
    run = CourseRunFactory(course=CourseFactory(provider=town.college))
    learner = learner_at(town.hollins)
    choice_in("sent", learner=learner, town=town, run=run)
    OutsideOffer.objects.create(learner=learner, cycle=town.cycle, provider_name="A firm", by=town.adviser)

    assert numbers(asked(town.coordinator, year_group="11"))["offer"] == 1
    assert numbers(asked(town.coordinator, year_group="11", provider=town.college.reference))["offer"] == 0


def test_resident_counts_who_lives_here_and_educated_who_goes_to_school_here(town):
    other = LocalAuthority.objects.create(code="997", name="Westhaven")
    away = SchoolFactory(area=AreaFactory(name="Westhaven"))
    here = learner_at(town.hollins, residence_authority=town.area.authority)
    unknown = learner_at(town.hollins)
    commuter = learner_at(town.hollins, residence_authority=other)
    leaves = learner_at(away, residence_authority=town.area.authority)
    Characteristics.objects.create(learner=leaves, sen_provision="K")

    def names(user, **filters):
        return set(names_of(reader_of(user), Cohort(year_group="11", **filters), "eligible", entry_year=2027))

    assert names(town.officer) == {here, unknown, commuter}
    assert names(town.officer, basis="resident") == {here, unknown, leaves}
    assert names(town.coordinator, basis="resident") == {here, unknown}
    # What another area's school recorded is read by that area.
    assert names(town.officer, basis="resident", sen="K") == set()


def test_a_school_elsewhere_leads_to_those_of_it_who_live_here(client, town):
    away = SchoolFactory(area=AreaFactory(name="Westhaven"), name="Westhaven School")
    leaves = learner_at(away, tutor_group="W1", residence_authority=town.area.authority)
    learner_at(town.hollins)
    client.force_login(town.officer)

    for by, label in (("school", "Westhaven School"), ("tutor_group", "W1")):
        page = client.get(PAGE, {"basis": "resident", "year_group": "11", "by": by})
        cells = dict(page.context["parts"])[label]
        assert list(client.get(cells[0]["url"]).context["object_list"]) == [leaves]


def test_who_may_not_know_asks_for_what_is_so_and_never_for_what_is_not(town):
    def values(user, name):
        form = CohortForm({}, reader=reader_of(user))
        return {value for value, _label in form.fields[name].choices}

    assert values(town.coordinator, "looked_after") == values(town.officer, "looked_after") == {"", "yes", "no", "-"}
    assert values(town.adviser, "looked_after") == {"", "yes"}
    assert "N" in values(town.officer, "sen")
    assert {"N", "-"} & values(town.adviser, "sen") == set()
    assert values(town.coordinator, "need") & {"-"} == set()
    assert {"looked_after", "sen", "ethnicity"} & values(town.adviser, "by") == set()


def test_no_two_answers_of_the_builder_say_that_anything_is_true_of_one_to_four(town):
    """Every question an adviser can put about who is looked after, with what they know by name beside it: two
    questions with one learner between them, and every stage of each."""
    groups = [("11A", 12), ("11B", 1), ("11C", 7)]
    for group, count in groups:
        for place in range(count):
            learner = learner_at(town.hollins, tutor_group=group, user=None)
            Characteristics.objects.create(learner=learner, is_looked_after=place % 2 == 0 or group == "11B")
    everybody = Learner.objects.filter(characteristics__is_looked_after=True)
    sets, answers = {}, {}
    for group in ("", *(name for name, _count in groups)):
        found = asked(town.adviser, year_group="11", tutor_group=group, looked_after="yes")
        entries = everybody if not group else everybody.filter(roll_entries__tutor_group=group)
        sets[group] = set(entries.values_list("pk", flat=True))
        answers[group] = found.whole.cells[0].shown
        assert all(not cell.has_names for cell in found.whole.cells)
    for one, other in itertools.permutations(sets, 2):
        if sets[one] <= sets[other] and None not in (answers[one], answers[other]):
            more = {b - a for a in could_be(answers[one]) for b in could_be(answers[other]) if b >= a}
            assert not more <= set(SMALL)
    assert answers["11B"] is None  # one learner, who is looked after


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_asks_the_same_number_of_questions_however_many(client, town, count, django_assert_num_queries):
    for _number in range(count):
        learner = learner_at(town.hollins, tutor_group=f"11{_number}")
        Characteristics.objects.create(learner=learner, is_looked_after=True)
    client.force_login(town.adviser)

    with django_assert_num_queries(12):
        page = client.get(PAGE, {"year_group": "11", "by": "tutor_group", "looked_after": "yes"})

    assert len(page.context["parts"]) == count


def test_the_file_has_the_numbers_of_the_page_and_runs_no_formula(client, hollins_year):
    learner_at(hollins_year.hollins, tutor_group="=1+1")
    client.force_login(hollins_year.coordinator)

    lines = b"".join(client.get(f"{PAGE}file/?year_group=11&by=tutor_group").streaming_content).decode().splitlines()

    assert len(lines) == 5
    assert lines[1].startswith("Year group: Year 11,Where they are educated,Everybody,9,8,under 10,5,")
    assert lines[2].startswith("Year group: Year 11,Where they are educated,11A,7,")
    assert any(",'=1+1,1," in line for line in lines)


def test_nobody_in_it_says_so_and_nonsense_narrows_nothing(client, town):
    client.force_login(town.coordinator)
    assert "Nobody in this cohort" in client.get(PAGE).content.decode()
    learner_at(town.hollins)
    page = client.get(PAGE, {"school": "NOWHERE", "sen": "ZZ", "by": "purple", "basis": "moon", "page": "x"})
    assert page.context["whole"][0]["shown"] == 1
    assert cohorts.Cohort().facts == {"roll", "younger"}
