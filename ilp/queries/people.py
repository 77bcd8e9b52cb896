"""Who looks after a learner today, what is new between them, and who is told."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Q

from accounts.models import Learner, RollEntry, User
from accounts.queries import advisers_of
from core import clock
from ilp.models import Conversation, ConversationRules, Message, MessageFlag, SafeguardingContact
from providers.models import Area, Organisation, RoleKind, StaffRole

MOST_NAMED = 3
SCHOOL_ROLES = (RoleKind.COORDINATOR, RoleKind.TUTOR)


class Service(NamedTuple):
    """An organisation that looks after a learner, with the people to name first."""

    organisation: Organisation
    names: list[str]
    is_school: bool
    needs_consent: bool
    conversation: Conversation | None

    @property
    def can_write(self) -> bool:
        return not self.needs_consent


def services_of(learner: Learner) -> list[Service]:
    """The school of the roll and the advice service of the caseload, in at most five queries however many people."""
    entry = _entry_of(learner)
    if entry is None:
        return []
    conversations = {
        one.service_id: one
        for one in Conversation.objects.filter(learner=learner, subject="")
        .with_number_unread()
        .select_related("service")
    }
    found = []
    if entry.ended_on is None or entry.ended_on > clock.today():
        coordinators = StaffRole.objects.current().filter(organisation=entry.school_id, kind=RoleKind.COORDINATOR)
        names = _names(coordinators)
        found.append(Service(entry.school, names, True, False, conversations.get(entry.school_id)))
    advisers: dict[Organisation, list[str]] = {}
    for role in advisers_of(learner.pk).select_related("organisation", "user").order_by("user__name", "pk"):
        advisers.setdefault(role.organisation, []).append(str(role.user))
    shares = bool(advisers) and Learner.objects.filter(pk=learner.pk).sharing_with_advisers().exists()
    for service, names in advisers.items():
        found.append(Service(service, names[:MOST_NAMED], False, not shares, conversations.get(service.pk)))
    return found


def earlier_conversations(learner: Learner, services: list[Service]) -> list[Conversation]:
    """Those with services that no longer look after the learner: still theirs to read."""
    now = [service.organisation.pk for service in services]
    mine = Conversation.objects.filter(learner=learner, last_at__isnull=False).exclude(service__in=now)
    return list(mine.with_number_unread().select_related("service"))


def _entry_of(learner: Learner) -> RollEntry | None:
    entries = RollEntry.objects.filter(learner=learner)
    held = entries.filter(pk__in=RollEntry.objects.current().values("pk")) | entries.filter(
        pk__in=RollEntry.objects.left_lately().filter(learner=learner).values("pk")
    )
    return held.select_related("school__area").order_by("-started_on", "-pk").first()


def _names(roles: Any) -> list[str]:
    return [str(role.user) for role in roles.select_related("user").order_by("user__name", "pk")[:MOST_NAMED]]


def rules_of(area: Area) -> ConversationRules:
    """The area's rules, or the usual ones."""
    return ConversationRules.objects.filter(area=area).first() or ConversationRules(area=area)


def readers_of(conversation: Conversation) -> Any:
    """The adults of the service who can read it today, active and inactive roles told apart by their dates."""
    kinds = SCHOOL_ROLES if conversation.service.kind == "school" else (RoleKind.ADVISER,)
    roles = StaffRole.objects.current().filter(organisation=conversation.service_id, kind__in=kinds)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True)


def adults_to_tell(conversation: Conversation) -> Any:
    """Whom a learner's message is announced to: those who wrote in it, the school's coordinators, or the advisers who
    answer for the learner. Only people who can still read it."""
    wrote = Message.objects.filter(conversation=conversation, is_from_learner=False, by__isnull=False).values("by")
    first = StaffRole.objects.current().filter(organisation=conversation.service_id, kind=RoleKind.COORDINATOR)
    advisers = advisers_of(conversation.learner_id).filter(organisation=conversation.service_id)
    return readers_of(conversation).filter(
        Q(pk__in=wrote) | Q(pk__in=first.values("user")) | Q(pk__in=advisers.values("user"))
    )


def called_for(flag: MessageFlag) -> list[User]:
    """Who is told of a flag: the service's safeguarding contact, else all its coordinators or advisers; where a learner
    reports somebody, never that person, and the area's help desk, too. No service, or nobody there: the help desk."""
    service, writer = flag.where, flag.written_by
    by = writer.pk if writer else None
    people: list[User] = []
    if service is not None:
        contact = SafeguardingContact.objects.current().filter(organisation=service).exclude(role__user=by)
        kinds = (RoleKind.COORDINATOR, RoleKind.ADVISER)
        staff = StaffRole.objects.current().filter(organisation=service, kind__in=kinds)
        roles = contact.values("role__user") if contact.exists() else staff.values("user")
        people = _reachable(roles, without=by)
    if flag.kind == "report" or not people:
        area = service.area_id if service is not None else flag.whose.area_id
        desk = StaffRole.objects.current().filter(organisation__area=area, kind=RoleKind.HELP_DESK)
        people += [one for one in _reachable(desk.values("user"), without=by) if one not in people]
    return people


def service_to_call(learner: Learner) -> Organisation | None:
    """Whose people are called for what this learner writes: their school's; who has left school lately, the advice
    service's they share with. None: the help desk of their area."""
    return next((one.organisation for one in services_of(learner) if one.can_write), None)


def _reachable(users: Any, *, without: int | None) -> list[User]:
    found = User.objects.filter(pk__in=users, is_active=True).exclude(email="").order_by("pk")
    return list(found.exclude(pk=without) if without else found)


def looked_after_by(user: Any) -> Any:
    """Schools and advice services whose safeguarding contact this person names: a coordinator's own school, a help
    desk's whole area."""
    schools = Organisation.objects.coordinating_through(user)
    areas = StaffRole.objects.of(user, RoleKind.HELP_DESK).values("organisation__area")
    of_area = Organisation.objects.filter(area__in=areas, kind__in=("school", "advice_service"), ended_on=None)
    return (schools | of_area).order_by("name", "pk")


def writes_to(learner: Learner, user: Any) -> bool:
    """Whether this member of staff may write to the learner for a school or an advice service. Who has not unlocked
    their record cannot read."""
    if learner.user_id is None:
        return False
    schools = Organisation.objects.with_role(user, "coordinator", "tutor")
    mine = Learner.objects.filter(pk=learner.pk)
    if mine.filter(pk__in=Learner.objects.on_roll_of(schools).values("pk")).exists():
        return True
    advised = mine.filter(pk__in=Learner.objects.on_caseload_of(user).values("pk"))
    return advised.sharing_with_advisers().exists()


def read_by(conversation: Conversation) -> dt.datetime:
    """When somebody of the service will read what is written now."""
    return rules_of(conversation.service.area).open_from(clock.now())
