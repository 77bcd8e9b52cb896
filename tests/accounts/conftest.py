"""A school with a coordinator, and two learners who have not unlocked their records."""

import datetime as dt

from accounts import actions
from accounts.actions.codes import code_hash
from accounts.models import UnlockCode
from providers.models import RoleKind
from tests.factories import AreaFactory, LearnerFactory, RollEntryFactory, SchoolFactory, StaffRoleFactory, UserFactory
from tests.ground import ground

ADDRESS = "https://next-step.example/unlock/"
BORN = dt.date(2011, 3, 31)


@ground
def school(db):
    return SchoolFactory(name="Hollins Park School", urn="123456", area=AreaFactory())


@ground
def coordinator(school):
    user = UserFactory(username="coordinator", name="Priya Shah", email="office@example.org")
    StaffRoleFactory(user=user, organisation=school, kind=RoleKind.COORDINATOR)
    return user


@ground
def amina(school):
    learner = LearnerFactory(
        user=None, given_name="Amina", family_name="Yusuf", birth_on=BORN, area=school.area, upn="H801200001001"
    )
    RollEntryFactory(learner=learner, school=school, year_group=11, tutor_group="11A")
    return learner


@ground
def ben(school):
    learner = LearnerFactory(user=None, given_name="Ben", family_name="Okafor", birth_on=BORN, area=school.area)
    RollEntryFactory(learner=learner, school=school, year_group=11, tutor_group="11B")
    return learner


def code_for(learner):
    """A code that works for the learner, as the letter job makes it, and its row."""
    code = actions.new_code()
    actions.issue_codes(codes={learner.pk: code}, letter_run=None)
    return code, UnlockCode.objects.get(code_hash=code_hash(code))
