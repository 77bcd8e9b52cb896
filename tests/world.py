"""Two schools, two providers, one of every role: what the access table and several stories stand on."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile

from accounts.actions import accept_supporter, end_supporter, invite_supporter, start_recovery
from accounts.actions.codes import code_hash
from accounts.models import DataCopy, Erasure, LearnerDoubt, LetterRun, Registration
from applications import actions
from core import clock
from core.sealing import seal
from ilp import actions as ilp_actions
from ilp.actions.attachments import CheckedFile
from ilp.models import RecordCode
from prospectus.actions.keeping import keep_course
from prospectus.actions.saved import save_search
from providers.models import RoleKind, Upload
from reporting.actions import freeze_figures, load_statuses, record_status
from reporting.models import GuaranteeStatus
from tests.factories import (
    CaseloadSchoolFactory,
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    IdentityCheckFactory,
    InvitationFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    PhraseRuleFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    SynonymFactory,
    UserFactory,
)


def build_world() -> SimpleNamespace:
    """Amina of Hollins Park School has an offer from Northfield College and a choice sent to Southbank Sixth Form."""
    world = SimpleNamespace()
    world.cycle = CycleFactory()
    world.area = world.cycle.area
    world.hollins = SchoolFactory(name="Hollins Park School", area=world.area)
    world.brannoc = SchoolFactory(name="St Brannoc's School", area=world.area)
    world.school = world.hollins
    world.northfield = ProviderFactory(name="Northfield College", area=world.area)
    world.southbank = ProviderFactory(name="Southbank Sixth Form", area=world.area)
    world.provider = world.northfield
    world.amina = _learner(world, "Amina", "Yusuf", world.hollins)
    world.ben = _learner(world, "Ben", "Okafor", world.brannoc)
    world.people = _people(world)
    world.course = CourseFactory(provider=world.northfield, title="Plumbing Level 2")
    world.run = CourseRunFactory(course=world.course)
    world.other_run = CourseRunFactory(
        course=CourseFactory(provider=world.southbank, title="A level Biology"),
        apply_url="https://southbank.example/apply",
    )
    keep_course(course=world.course, by=world.amina.user)
    world.saved_search = save_search(address="q=plumbing", name="Plumbing", is_mailed=True, by=world.amina.user)
    admissions = world.people["admissions"]
    world.application = actions.start_application(learner=world.amina, cycle=world.cycle, by=world.amina.user)
    actions.write_profile(
        application=world.application,
        by=world.amina.user,
        statement="I like finding out how things work and putting them right.",
        predicted_grades="English: 5",
        needs="",
    )
    choice = actions.add_run(learner=world.amina, run=world.run, by=world.amina.user)
    choice = actions.send_choice(choice=choice, by=world.amina.user)
    world.choice = actions.make_offer(choice=choice, by=admissions)
    other = actions.add_run(learner=world.amina, run=world.other_run, by=world.amina.user)
    world.other_choice = actions.send_choice(choice=other, by=world.amina.user)
    world.draft = actions.add_run(
        learner=world.amina, run=CourseRunFactory(course=CourseFactory(provider=world.northfield)), by=world.amina.user
    )
    world.letter_run = LetterRun.objects.create(school=world.hollins, by=world.people["coordinator"])
    check = IdentityCheckFactory()
    world.recovery, _code = start_recovery(learner=world.amina, identity_check=check, by=world.people["coordinator"])
    world.data_copy = DataCopy.objects.create(learner=world.amina, by=world.amina.user)
    world.erasure = Erasure.objects.create(
        learner=LearnerFactory(area=world.area, upn=None), is_own=False, asked_by=world.people["coordinator"]
    )
    world.synonym = SynonymFactory()
    world.phrase = PhraseRuleFactory()
    world.upload = Upload.objects.create(
        kind="courses",
        organisation=world.northfield,
        by=world.people["editor"],
        file=ContentFile(b"<catalog/>", name="feed.xml"),
        file_name="feed.xml",
        file_size=10,
        file_sha256="0" * 64,
        state="published",
    )
    world.checked_upload = Upload.objects.create(
        kind="courses",
        organisation=world.northfield,
        by=world.people["editor"],
        file=ContentFile(b"<catalog/>", name="next.xml"),
        file_name="next.xml",
        file_size=10,
        file_sha256="1" * 64,
        state="checked",
    )
    world.doubt = LearnerDoubt.objects.create(school=world.hollins, learner=world.amina, other=world.ben, why="name")
    world.roll_upload = Upload.objects.create(
        kind="roll",
        organisation=world.hollins,
        by=world.people["coordinator"],
        file=ContentFile(b"Surname,Forename", name="roll.csv"),
        file_name="roll.csv",
        file_size=16,
        file_sha256="2" * 64,
        state="refused",
    )
    world.registration = Registration.objects.create(
        learner=world.people["registered"].learner, attends="home", given_name="Cai", family_name="Rees"
    )
    world.supporter = _let_in(world.amina, world.people["parent"])
    ended = _let_in(world.amina, world.people["ended_parent"])
    end_supporter(supporter=ended, by=world.amina.user)
    world.invitation = InvitationFactory(organisation=world.northfield, by=world.people["editor"])
    _talk(world)
    _count(world)
    world.factor = Authenticator.objects.create(
        user=world.people["editor"], type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP"), "name": "My phone"}
    )
    return world


def _count(world: SimpleNamespace) -> None:
    """The adviser has recorded how the Guarantee stands for Amina."""
    load_statuses()
    status = GuaranteeStatus.objects.get(code="150")
    world.guarantee_status = record_status(
        learner=world.amina, entry_year=2027, status=status, by=world.people["adviser"]
    )
    world.freeze = freeze_figures(area=world.area, stood_on=clock.today(), by=world.people["officer"])


def _talk(world: SimpleNamespace) -> None:
    """Amina and her school have written to each other."""
    world.conversation = ilp_actions.begin_conversation(learner=world.amina, service=world.hollins, by=world.amina.user)
    world.message = ilp_actions.send_message(
        conversation=world.conversation, text="I do not know what to do.", once="world1", by=world.amina.user
    )
    world.reply = ilp_actions.send_message(
        conversation=world.conversation,
        text="Come and see me.",
        once="world2",
        by=world.people["coordinator"],
        files=[CheckedFile("map.txt", "txt", b"Room 4", "0" * 64)],
    )
    world.attachment = world.reply.attachments.get()
    ilp_actions.load_record_codes()
    world.current_activity = ilp_actions.start_current_activity(
        learner=world.amina,
        code=RecordCode.objects.get(kind="activity", code="110"),
        started_on=dt.date(2026, 9, 1),
        verified_on=dt.date(2026, 9, 1),
        course_ends_on=dt.date(2027, 6, 25),
        source="school",
        by=world.people["adviser"],
    )


def _learner(world: SimpleNamespace, given_name: str, family_name: str, school: Any) -> Any:
    learner = LearnerFactory(
        given_name=given_name,
        family_name=family_name,
        area=world.area,
        user=UserFactory(username=given_name.lower(), name=f"{given_name} {family_name}"),
    )
    LearnerContactFactory(learner=learner)
    RollEntryFactory(learner=learner, school=school)
    learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    return learner


def _let_in(learner: Any, user: Any) -> Any:
    """This person sees all that the learner can share, until the end of the month."""
    supporter, code = invite_supporter(
        learner=learner,
        kind="parent",
        known_as="Mum",
        sections=["choices", "statement"],
        until_on=dt.date(2026, 11, 30),
        by=learner.user,
    )
    return accept_supporter(supporter=supporter, token_hash=code_hash(code.replace("-", "")), by=user)


def _people(world: SimpleNamespace) -> dict[str, Any]:
    """One person per column of the access table, by the column's name."""
    service = OrganisationFactory(name="Northmoor Advice Service", kind="advice_service", area=world.area)
    authority = OrganisationFactory(name="Northmoor Council", kind="authority", area=world.area)
    roles = {
        "coordinator": (world.hollins, RoleKind.COORDINATOR),
        "other_coordinator": (world.brannoc, RoleKind.COORDINATOR),
        "adviser": (service, RoleKind.ADVISER),
        "admissions": (world.northfield, RoleKind.ADMISSIONS),
        "other_admissions": (world.southbank, RoleKind.ADMISSIONS),
        "editor": (world.northfield, RoleKind.EDITOR),
        "officer": (authority, RoleKind.OFFICER),
    }
    people: dict[str, Any] = {
        "parent": UserFactory(username="parent"),
        "ended_parent": UserFactory(username="ended_parent"),
        "registered": LearnerFactory(area=world.area, given_name="Cai", family_name="Rees").user,
        "anonymous": AnonymousUser(),
        "learner": world.amina.user,
        "other_learner": world.ben.user,
    }
    for name, (organisation, kind) in roles.items():
        role = StaffRoleFactory(organisation=organisation, kind=kind, user=UserFactory(username=name))
        people[name] = role.user
        if kind == RoleKind.ADVISER:
            CaseloadSchoolFactory(adviser=role, school=world.hollins)
    return people
