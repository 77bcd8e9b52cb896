from typing import Any

from django.db.models import Q

from accounts.models import (
    CaseloadLearner,
    CaseloadSchool,
    DataCopy,
    Erasure,
    IdentityCheck,
    Learner,
    LearnerDoubt,
    LetterRun,
    Registration,
    RollEntry,
    SignOn,
    SignOnIdentity,
    Supporter,
    UnlockWindow,
    User,
)
from accounts.workflow import DoubtState
from core.policies import Policy, either, the_service
from core.querysets import has_any
from providers.models import Area, Organisation, StaffRole
from providers.queries import roles_today


def coordinator_of_school(user: Any, school: Organisation) -> bool:
    return has_any(Organisation.objects.coordinating_through(user), [school.pk])


def coordinator_of_letters(user: Any, letter_run: LetterRun) -> bool:
    return LetterRun.objects.visible_to(user).filter(pk=letter_run.pk).exists()


def help_desk_of_area(user: Any, area: Area) -> bool:
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=area).exists()


def coordinates_the_area_of(user: Any, registration: Registration) -> bool:
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=registration.learner.area_id).exists()


def set_the_window(user: Any, window: UnlockWindow) -> bool:
    """The school's coordinator; for the days of a whole area its help desk."""
    if window.school is not None:
        return coordinator_of_school(user, window.school)
    return help_desk_of_area(user, window.area)


def looks_after_an_area(user: Any, batch: str) -> bool:
    """Whoever coordinates an area, or is an officer of one, looks after the portal's messages."""
    return bool(StaffRole.objects.over_areas(user).exists())


def may_help(user: Any, learner: Learner) -> bool:
    """Nobody helps themselves."""
    return learner.user_id != user.pk and Learner.objects.helped_by(user).filter(pk=learner.pk).exists()


def is_a_help_desk(user: Any, _check: IdentityCheck) -> bool:
    """Of any area: the list is one for all."""
    return StaffRole.objects.of(user, "help_desk").exists()


def is_oneself(user: Any, person: Any) -> bool:
    return bool(user.pk == person.pk)


def own_learner(user: Any, learner: Learner) -> bool:
    return learner.user_id == user.pk


def answers_for_the_area(user: Any, doubt: LearnerDoubt) -> bool:
    """The help desk of the area the school is in."""
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=doubt.school.area_id).exists()


def is_asked(user: Any, doubt: LearnerDoubt) -> bool:
    """The coordinator of the school, until the area is asked; from then on the area."""
    if answers_for_the_area(user, doubt):
        return True
    return doubt.state != DoubtState.ASKED and coordinator_of_school(user, doubt.school)


def has_seen(user: Any, doubt: LearnerDoubt) -> bool:
    return LearnerDoubt.objects.visible_to(user).filter(pk=doubt.pk).exists()


def officer_of_area(user: Any, learner: Learner) -> bool:
    if not hasattr(user, "officer_areas"):  # asked once per request, however many learners are on the page
        user.officer_areas = set(StaffRole.objects.of(user, "officer").values_list("organisation__area", flat=True))
    return learner.area_id in user.officer_areas


def coordinator_of_learner(user: Any, learner: Learner) -> bool:
    schools = Organisation.objects.coordinating_through(user)
    return Learner.objects.on_roll_of(schools).filter(pk=learner.pk).exists()


def second_officer(user: Any, erasure: Erasure) -> bool:
    return user.pk != erasure.asked_by_id and officer_of_area(user, erasure.learner)


def own_erasure(user: Any, erasure: Erasure) -> bool:
    return erasure.is_own and own_learner(user, erasure.learner)


def officers_erasure(user: Any, erasure: Erasure) -> bool:
    return not erasure.is_own and officer_of_area(user, erasure.learner)


def own_copy(user: Any, copy: DataCopy) -> bool:
    return own_learner(user, copy.learner)


def officer(user: Any, thing: Any) -> bool:
    return StaffRole.objects.of(user, "officer").exists()


def helps_to_sign_in(user: Any, person: User) -> bool:
    return StaffRole.objects.helped_by(user).filter(user=person).exists()


def learner_of_supporter(user: Any, supporter: Supporter) -> bool:
    return supporter.learner.user_id == user.pk


def the_supporter(user: Any, supporter: Supporter) -> bool:
    return supporter.user_id == user.pk


def holds_the_link(user: Any, _supporter: Supporter) -> bool:
    """Anybody who is signed in: link or code is what lets them in, and the action asks for it."""
    return bool(user.is_active)


def keeps_sign_on(user: Any, organisation: Organisation) -> bool:
    """The organisation's manager, and an officer of its area."""
    roles = StaffRole.objects.of(user)
    is_manager = roles.filter(kind="manager", organisation=organisation, organisation__is_provider=True).exists()
    return is_manager or roles.filter(kind="officer", organisation__area=organisation.area_id).exists()


def acts_for_its_organisation(user: Any, sign_on: SignOn) -> bool:
    return StaffRole.objects.current().filter(user=user, organisation=sign_on.organisation_id).exists()


def own_identity(user: Any, identity: SignOnIdentity) -> bool:
    return identity.user_id == user.pk


SIGN_ON_POLICY = Policy({"set": keeps_sign_on, "join": acts_for_its_organisation, "part": own_identity})
SCHOOL_POLICY = Policy(
    {
        "import_roll": coordinator_of_school,
        "explain_headings": coordinator_of_school,
        "load_roll": the_service,  # the command, run by whoever runs the server
        "request_letters": coordinator_of_school,
    }
)
LETTER_POLICY = Policy({"fetch": coordinator_of_letters, "print": the_service, "remove": the_service})
WINDOW_POLICY = Policy(
    {"open_for_school": coordinator_of_school, "open_for_area": help_desk_of_area, "end": set_the_window}
)
IDENTITY_CHECK_POLICY = Policy({"add": is_a_help_desk, "end": is_a_help_desk})
RECOVERY_POLICY = Policy({"start": may_help, "find": help_desk_of_area, "set_limit": help_desk_of_area})
EMAIL_POLICY = Policy({"add": is_oneself, "remove": is_oneself})
# The area is asked by the school; whoever is asked answers. A state that does not allow it is stale, not forbidden.
DOUBT_POLICY = Policy(
    {
        "ask": has_seen,
        "join": is_asked,
        "keep_apart": is_asked,
        "join_elsewhere": answers_for_the_area,
    }
)


def reaches_learner(user: Any, learner: Learner) -> bool:
    """An adult who may see how the learner is reached."""
    on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).filter(pk=learner.pk)
    return on_roll.exists() or Learner.objects.on_caseload_of(user).filter(pk=learner.pk).exists()


def follows_learner(user: Any, learner: Learner) -> bool:
    """An officer whose authority answers for what the learner does."""
    return Learner.objects.of_guarantee_for(user).filter(pk=learner.pk).exists()


LEARNER_POLICY = Policy(
    {
        "answer_consent": own_learner,
        "ask_copy": own_learner,
        "ask_erasure": either(own_learner, officer_of_area),
        "invite_supporter": own_learner,
        "keep_contact": either(own_learner, reaches_learner),
        "merge": either(officer_of_area, coordinator_of_learner),
        "set_residence": either(coordinator_of_learner, follows_learner),
    }
)
COPY_POLICY = Policy({"make": the_service, "fetch": own_copy})
ERASURE_POLICY = Policy(
    {"agree": second_officer, "withdraw": either(own_erasure, officers_erasure), "carry_out": the_service}
)
RETENTION_POLICY = Policy({"change": officer})
PERSON_POLICY = Policy({"reset_factors": helps_to_sign_in})
SUPPORTER_POLICY = Policy(
    {"change": learner_of_supporter, "end": either(learner_of_supporter, the_supporter), "accept": holds_the_link}
)
AREA_POLICY = Policy({"word_consent": help_desk_of_area})
REGISTRATION_POLICY = Policy({"separate": coordinates_the_area_of})


def keeps_caseloads(user: Any, service: Organisation) -> bool:
    """Managers of the advice service, and the help desk of its area."""
    roles = StaffRole.objects.of(user, "manager", "help_desk")
    mine = Q(kind="manager", organisation=service) | Q(kind="help_desk", organisation__area=service.area_id)
    return service.kind == "advice_service" and roles.filter(mine).exists()


def keeps_own_caseload(user: Any, adviser: StaffRole) -> bool:
    """The adviser themselves, and who keeps the caseloads of their service."""
    is_theirs = StaffRole.objects.of(user, "adviser").filter(pk=adviser.pk).exists()
    return is_theirs or keeps_caseloads(user, adviser.organisation)


def gives_away(user: Any, learner: Learner) -> bool:
    """Advisers give away their own, and nobody who is lent to them; the help desk anybody of its area; the manager of a
    service whom that service answers for, and who is nobody's."""
    if Learner.objects.own_caseload_of(user).filter(pk=learner.pk).exists():
        return True
    roles = StaffRole.objects.of(user, "manager", "help_desk").filter(organisation__area=learner.area_id)
    if roles.filter(kind="help_desk").exists():
        return True
    services = roles.filter(kind="manager", organisation__kind="advice_service", organisation__ended_on=None)
    singly = CaseloadLearner.objects.today().filter(learner=learner)
    schools = RollEntry.objects.current().filter(learner=learner).values("school")
    held: Any = singly if singly.exists() else CaseloadSchool.objects.today().filter(school__in=schools)
    is_theirs = held.filter(adviser__organisation__in=services.values("organisation"))
    return services.exists() and (is_theirs.exists() or not held.exists())


CASELOAD_POLICY = Policy(
    {
        "hand_over": keeps_caseloads,
        "hand_over_learner": gives_away,
        "set_absence": keeps_own_caseload,
        "set_cover": keeps_own_caseload,
        "end_absence": keeps_own_caseload,
        "set_duty": keeps_caseloads,
    }
)


EXCHANGES = {("officer", "authority"), ("manager", "advice_service")}


def exchanging_through(user: Any) -> Any:
    """Organisations with whose caseload system this person exchanges records: the authorities they are officers of, and
    the advice services they manage."""
    return Organisation.objects.filter(pk__in=_exchanges(user))


def exchanges(user: Any, organisation: Organisation) -> bool:
    return organisation.pk in _exchanges(user)


def _exchanges(user: Any) -> list[int]:
    roles = [role for role in roles_today(user) if not role.is_aside]
    return [role.organisation_id for role in roles if (role.kind, role.organisation_kind) in EXCHANGES]


EXCHANGE_POLICY = Policy({"take_over": exchanges})
