"""The same learners asked for in other words have one answer, and a line says of nobody that they are there."""

import itertools
from types import SimpleNamespace

import pytest

from accounts.models import CaseloadLearner, Characteristics
from ilp.models import Entry, EntryKind, Plan
from providers.models import LocalAuthority, Organisation, RoleKind
from reporting.forms import CohortForm
from reporting.queries import cohort_figures
from reporting.queries.cohort_figures import figures_of
from reporting.queries.cohorts import Cohort
from reporting.queries.readers import reader_of
from reporting.queries.take_up import take_up_of
from tests.factories import (
    CaseloadSchoolFactory,
    CourseFactory,
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
PAGE = "/desk/cohorts/"
CLASSES = (("hollins", 11, "11A", 6), ("hollins", 11, "11B", 1), ("hollins", 10, "10A", 6), ("brannoc", 11, "11C", 6))


@ground
def town():
    """Four classes of two schools. Everybody of 11A and 11C is in care, nobody of 11B, every second one of 10A."""
    town = SimpleNamespace(area=CycleFactory().area, people=[])
    town.area.authority = LocalAuthority.objects.create(code="998", name="Northmoor")
    town.area.save()
    town.hollins, town.brannoc = (SchoolFactory(area=town.area, name=name) for name in ("Hollins Park", "St Brannoc's"))
    service = StaffRoleFactory(kind=RoleKind.ADVISER, organisation__area=town.area)
    for school in (town.hollins, town.brannoc):
        town.role = CaseloadSchoolFactory(school=school, adviser=service).adviser
    town.adviser = town.role.user
    authority = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=authority).user
    for name, year_group, group, number in CLASSES:
        school = getattr(town, name)
        for place in range(number):
            learner = LearnerFactory(area=town.area, user=None)
            RollEntryFactory(learner=learner, school=school, year_group=year_group, tutor_group=group)
            is_in_care = group in ("11A", "11C") or (group == "10A" and place % 2 == 0)
            Characteristics.objects.create(learner=learner, is_looked_after=is_in_care)
            town.people.append((learner.pk, is_in_care, school.reference, str(year_group), group))
    return town


@pytest.fixture
def asked(monkeypatch):
    """(cohort, stage, what its number was rounded by) since this was last emptied."""
    found = []
    question_of = cohort_figures.question_of

    def remembered(reader, cohort, stage, **marks):
        found.append((cohort, stage, question_of(reader, cohort, stage, **marks)))
        return found[-1][-1]

    monkeypatch.setattr(cohort_figures, "question_of", remembered)
    return found


@pytest.mark.parametrize("person", ["adviser", "officer"])
def test_whatever_words_name_the_same_learners_of_a_roll_they_are_one_question(town, asked, person):
    """Wordings of school, year and group on both bases, and of each the lines of a table by group."""
    reader = reader_of(getattr(town, person))
    by_learners, by_question = {}, {}
    said = itertools.product(("", "11"), ("", town.hollins.reference), ("", "11A"), ("educated",))
    for year_group, school, group, basis in (*said, ("10", "", "", "educated"), ("11", "", "11A", "resident")):
        cohort = Cohort(basis=basis, year_group=year_group, school=school, tutor_group=group, looked_after="yes")
        figures_of(reader, cohort, by="tutor_group", entry_year=2027)
    for cohort, stage, question in asked:
        # An officer knows who of Year 11 is in care, and asks of these; an adviser asks of a group who of it is.
        is_known = person == "officer" and cohort.year_group == "11"
        named = frozenset(
            pk for pk, is_in_care, *facts in town.people if _fits(cohort, facts) and (is_in_care or not is_known)
        )
        by_learners.setdefault((named, is_known, stage), set()).add(question)
        by_question.setdefault(question, set()).add((named, is_known, stage))
    assert {len(found) for found in by_learners.values()} == {1}
    assert {len(found) for found in by_question.values()} == {1}
    assert len(by_learners) > 20


def _fits(cohort, facts):
    said = (cohort.school, cohort.year_group, cohort.tutor_group)
    return all(word in ("", fact) for word, fact in zip(said, facts, strict=True))


def questions(asked):
    return {question for _cohort, _stage, question in asked}


def test_what_an_officer_knows_by_name_is_one_question_however_it_is_said(town, asked):
    reader = reader_of(town.officer)
    for said in ({"tutor_group": "11A"}, {"tutor_group": "11A", "looked_after": "yes"}):
        figures_of(reader, Cohort(year_group="11", **said), entry_year=2027)

    assert len(questions(asked)) == len(asked) / 2


def test_a_provider_of_one_subject_and_that_subject_are_one_question(town, asked):
    subject = SubjectFactory()
    college = ProviderFactory(area=town.area)
    CourseFactory(provider=college, subject=subject)
    reader = reader_of(town.officer)
    for said in (
        {"provider": college.reference}, {"subject": subject.code},
        {"provider": college.reference, "subject": subject.code},
    ):  # fmt: skip
        figures_of(reader, Cohort(year_group="11", **said), entry_year=2027)

    # In the cohort, started, sent and reached a provider are the same of who has applied there.
    assert len(questions(asked)) == 7
    CourseFactory(provider=college, subject=SubjectFactory(code="14.1"))
    asked.clear()
    for said in ({"provider": college.reference}, {"subject": subject.code}):
        figures_of(reader, Cohort(year_group="11", **said), entry_year=2027)
    assert len(questions(asked)) == 14


def test_every_group_has_a_line_whether_somebody_of_it_is_in_care_or_not(town):
    reader = reader_of(town.adviser)

    found = figures_of(reader, Cohort(year_group="11", looked_after="yes"), by="tutor_group", entry_year=2027)

    assert [(line.label, line.cells[0].shown) for line in found.parts] == [("11A", None), ("11B", None), ("11C", None)]


def test_of_younger_learners_an_officer_asks_for_no_line_and_nothing_that_is_not_so(client, town):
    client.force_login(town.officer)

    page = client.get(PAGE, {"year_group": "10", "looked_after": "no", "by": "looked_after"})

    assert page.context["parts"] == []
    assert page.context["cohort"].looked_after == ""
    assert "known of Year 11 and above only" in page.content.decode()
    form = CohortForm({"year_group": "11", "looked_after": "no", "by": "looked_after"}, reader=reader_of(town.officer))
    assert (form.cohort.looked_after, form.needs_year) == ("no", False)


def test_a_learner_given_to_an_adviser_singly_counts_today_and_their_school_in_no_past(client, town):
    away = SchoolFactory(area=town.area, name="Westhaven School")
    for _number in range(2):
        learner = LearnerFactory(area=town.area)
        RollEntryFactory(learner=learner, school=away, tutor_group="W1")
    CaseloadLearner.objects.create(learner=learner, adviser=town.role, by=town.adviser)
    client.force_login(town.adviser)

    page = client.get(PAGE, {"year_group": "11", "by": "school"})

    cells = dict(page.context["parts"])["Westhaven School"]
    assert list(client.get(cells[0]["url"]).context["object_list"]) == [learner]
    found = take_up_of(reader_of(town.adviser).schools, year_group=11, is_exact=True)
    assert [line.name for line in found.schools] == ["Hollins Park", "St Brannoc's"]


def test_an_advisers_take_up_counts_plans_of_those_who_share_them_only():
    school, learner = SchoolFactory(), LearnerFactory()
    RollEntryFactory(learner=learner, school=school, year_group=11)
    Entry.objects.create(plan=Plan.objects.create(learner=learner), kind=EntryKind.GOAL)
    schools = Organisation.objects.filter(pk=school.pk)

    def planned(**asked):
        return take_up_of(schools, year_group=11, is_exact=True, **asked).whole.now.planned

    assert (planned(), planned(shares_only=True)) == (1, 0)
    learner.consents.create(kind="advice_service", is_given=True, words="?", by=learner.user)
    assert planned(shares_only=True) == 1
