"""Choices in every state, reached by the real actions as a learner, a school and a provider would."""

import datetime as dt

from accounts.models import LearnerContact
from applications import actions
from applications.models import Choice
from applications.workflow import ChoiceState
from core import clock
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    LearnerFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)

STATEMENT = "I take things apart and put them back together. " * 8


class Town:
    """Northmoor with two schools, two providers and the people of these tests."""

    def __init__(self, *, has_endorsement=False, **cycle):
        self.area = AreaFactory()
        self.cycle = CycleFactory(area=self.area, has_endorsement=has_endorsement, **cycle)
        self.hollins = SchoolFactory(name="Hollins Park School", area=self.area)
        self.brannocs = SchoolFactory(name="St Brannoc's School", area=self.area)
        self.northfield = ProviderFactory(name="Northfield College", area=self.area)
        self.southbank = ProviderFactory(name="Southbank Sixth Form", area=self.area)
        self.amina = self.learner("Amina", "Yusuf", school=self.hollins)
        self.ben = self.learner("Ben", "Okafor", school=self.brannocs)
        self.admissions = self.staff("Priya Shah", self.northfield, "admissions")
        self.other_admissions = self.staff("Owen Reid", self.southbank, "admissions")
        self.coordinator = self.staff("Carys Lloyd", self.hollins, "coordinator")
        self.other_coordinator = self.staff("Tom Hale", self.brannocs, "coordinator")
        adviser_role = StaffRoleFactory(
            user=UserFactory(name="Ade Bello", email="ade@example.org"), kind="adviser", organisation__area=self.area
        )
        CaseloadSchoolFactory(adviser=adviser_role, school=self.hollins)
        self.adviser = adviser_role.user

    def learner(self, given_name, family_name, *, school):
        learner = LearnerFactory(
            user=UserFactory(name=f"{given_name} {family_name}"),
            given_name=given_name,
            family_name=family_name,
            area=self.area,
        )
        RollEntryFactory(learner=learner, school=school)
        LearnerContact.objects.create(learner=learner, email=f"{given_name.lower()}@example.org")
        return learner

    def staff(self, name, organisation, kind):
        user = UserFactory(name=name, email=f"{name.split()[0].lower()}@example.org")
        StaffRoleFactory(user=user, organisation=organisation, kind=kind)
        return user

    def run(self, title="Plumbing Level 2", *, provider=None, **fields):
        course = CourseFactory(title=title, provider=provider or self.northfield)
        return CourseRunFactory(course=course, **fields)

    def draft(self, *runs, learner=None):
        """A choice ready to send: one run or a programme of several."""
        learner = learner or self.amina
        choice = None
        for run in runs or [self.run()]:
            choice = actions.add_run(learner=learner, run=run, by=learner.user, choice=choice)
        actions.write_profile(
            application=choice.application,
            by=learner.user,
            statement=STATEMENT,
            predicted_grades="English 5\nMaths 4",
            needs="",
        )
        return again(choice)

    def choice(self, state, *runs, learner=None):
        """A choice walked from a new draft to ``state``."""
        return walk_to(self.draft(*runs, learner=learner), state)


def again(choice):
    """The same choice as it is in the database now."""
    return Choice.objects.for_list().get(pk=choice.pk)


def admissions_of(choice):
    return choice.provider.staff_roles.filter(kind="admissions").first().user


def coordinator_of(choice):
    school = choice.application.learner.roll_entries.get(ended_on=None).school
    return school.staff_roles.filter(kind="coordinator").first().user


CONDITIONS = [actions.Condition("results", "Grade 4 or above in English")]


def walk_to(choice, state):
    """``choice`` in ``state``, by the shortest way through the real actions. It starts as a draft."""
    choice = again(choice)
    PATHS[ChoiceState(state)](choice)
    choice = again(choice)
    assert choice.status == state
    return choice


def _learner(choice):
    return choice.application.learner.user


def _draft(choice):
    pass


def _with_school(choice):
    choice.application.cycle.has_endorsement = True
    choice.application.cycle.save()
    actions.send_choice(choice=choice, by=_learner(choice))


def _sent(choice):
    actions.send_choice(choice=choice, by=_learner(choice))
    if again(choice).status == ChoiceState.WITH_SCHOOL:
        actions.endorse_choice(choice=choice, by=coordinator_of(choice))


def _interviewing(choice):
    _sent(choice)
    starts_at = clock.now() + dt.timedelta(days=7)
    actions.invite_to_interview(choice=choice, by=admissions_of(choice), starts_at=starts_at, place="Room 4")


def _reserve_list(choice):
    _sent(choice)
    actions.put_on_reserve(choice=choice, by=admissions_of(choice))


def _offered(choice, conditions=CONDITIONS):
    _sent(choice)
    actions.make_offer(choice=choice, by=admissions_of(choice), conditions=conditions)


def _accepted(choice):
    _offered(choice)
    actions.accept_offer(choice=choice, by=_learner(choice))


def _held(choice):
    _offered(choice)
    actions.hold_offer(choice=choice, by=_learner(choice))


def _confirmed(choice):
    _offered(choice, conditions=())
    actions.accept_offer(choice=choice, by=_learner(choice))


def _enrolled(choice):
    _confirmed(choice)
    actions.enrol(choice=choice, by=admissions_of(choice))


def _unsuccessful(choice):
    _sent(choice)
    actions.refuse_choice(choice=choice, by=admissions_of(choice), reason="full")


def _offer_withdrawn(choice):
    _offered(choice)
    actions.withdraw_offer(choice=choice, by=admissions_of(choice), words="The course will not run.")


def _turned_down(choice):
    _offered(choice)
    actions.turn_down_offer(choice=choice, by=_learner(choice))


def _lapsed(choice):
    _offered(choice)
    for day in (dt.date(2026, 11, 25), dt.date(2026, 11, 30)):
        with clock.at(day):
            actions.remind_to_answer(choice=choice)
    with clock.at(again(choice).standing_offer.answer_by_on + dt.timedelta(days=1)):
        actions.lapse_offer(choice=choice)


def _withdrawn(choice):
    _sent(choice)
    actions.withdraw_choice(choice=choice, by=_learner(choice), reason="changed_mind")


def _conditions_not_met(choice):
    _accepted(choice)
    actions.fail_conditions(choice=choice, by=admissions_of(choice))


def _did_not_start(choice):
    _confirmed(choice)
    actions.record_no_show(choice=choice, by=admissions_of(choice))


def _not_sent(choice):
    with clock.at(choice.application.cycle.ends_on + dt.timedelta(days=1)):
        actions.close_choice(choice=choice)


PATHS = {
    ChoiceState.DRAFT: _draft,
    ChoiceState.WITH_SCHOOL: _with_school,
    ChoiceState.SENT: _sent,
    ChoiceState.INTERVIEWING: _interviewing,
    ChoiceState.RESERVE_LIST: _reserve_list,
    ChoiceState.OFFERED: _offered,
    ChoiceState.ACCEPTED: _accepted,
    ChoiceState.HELD: _held,
    ChoiceState.CONFIRMED: _confirmed,
    ChoiceState.ENROLLED: _enrolled,
    ChoiceState.UNSUCCESSFUL: _unsuccessful,
    ChoiceState.OFFER_WITHDRAWN: _offer_withdrawn,
    ChoiceState.TURNED_DOWN: _turned_down,
    ChoiceState.LAPSED: _lapsed,
    ChoiceState.WITHDRAWN: _withdrawn,
    ChoiceState.CONDITIONS_NOT_MET: _conditions_not_met,
    ChoiceState.DID_NOT_START: _did_not_start,
    ChoiceState.NOT_SENT: _not_sent,
}
