from types import SimpleNamespace

import pytest

from accounts.models import Learner
from ilp import actions
from providers.models import RoleKind
from tests.factories import (
    CaseloadSchoolFactory,
    OrganisationFactory,
    RollEntryFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.ground import ground
from tests.ilp.talk import build_town


@ground
def people():
    """Amina in Year 11 with a plan; a tutor and a coordinator of her school; her adviser; strangers of another."""
    entry = RollEntryFactory(year_group=11, tutor_group="11Z", learner__user=UserFactory(username="amina"))
    other = RollEntryFactory(year_group=11, learner__user=UserFactory(username="ben"))
    adviser = StaffRoleFactory(kind=RoleKind.ADVISER)
    CaseloadSchoolFactory(adviser=adviser, school=entry.school)
    amina: Learner = entry.learner
    return SimpleNamespace(
        amina=amina,
        ben=other.learner,
        school=entry.school,
        tutor=StaffRoleFactory(organisation=entry.school, kind=RoleKind.TUTOR).user,
        coordinator=StaffRoleFactory(organisation=entry.school, kind=RoleKind.COORDINATOR).user,
        other_tutor=StaffRoleFactory(organisation=other.school, kind=RoleKind.TUTOR).user,
        adviser=adviser.user,
        plan=actions.start_plan(learner=amina, by=amina.user),
    )


@pytest.fixture
def add(people):
    """A function that writes one thing into Amina's plan."""

    def add(kind="skill", title="Mending bicycles", words="I mended my neighbour's.", **rest):
        answers = {"words": words} | ({} if kind in ("about", "course") else {"title": title})
        return actions.add_entry(plan=people.plan, kind=kind, by=people.amina.user, **answers, **rest)

    return add


@ground
def town(db):
    """Amina with a school, an advice service and a help desk around her: for conversations and the client record."""
    return build_town()


@ground
def desk(people):
    """The help desk of Amina's area."""
    authority = OrganisationFactory(kind="authority", area=people.amina.area)
    return StaffRoleFactory(organisation=authority, kind=RoleKind.HELP_DESK).user


@pytest.fixture
def publish(people, desk):
    """A function that publishes a template of the area: a section for each list of questions (asked, kind, options)."""

    def publish(*sections, kind="section", school=None, by=None):
        by = by or desk
        version = actions.start_template(kind=kind, area=people.amina.area, school=school, by=by)
        for at, questions in enumerate(sections, start=1):
            section = actions.add_section(version=version, title=f"Section {at}", by=by)
            for asked, question_kind, *options in questions:
                actions.add_question(section=section, asked=asked, kind=question_kind, options=options, by=by)
        return actions.publish_version(version=version, by=by)

    return publish


@pytest.fixture
def answer(people):
    """A function that answers the questions of a section of Amina's, by what is asked."""

    def answer(section, seen=0, made_from="", **given):
        return actions.answer_section(
            plan=people.plan, section=section, seen=seen, made_from=made_from, by=people.amina.user,
            given={q.key: given.get(q.asked, "") for q in section.questions.all()},
        )  # fmt: skip

    return answer
