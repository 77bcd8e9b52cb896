"""Of what somebody can choose when they hear, and what they have chosen."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Learner, MailChoice
from accounts.queries.people import bounced, is_learner
from activity.kinds import KINDS, TOPICS, Audience, Topic, When, topic_of
from providers.queries import role_kinds

ROLES_OF = {
    Audience.PROVIDER: {"admissions", "manager", "editor"},
    Audience.SCHOOL: {"coordinator", "tutor"},
    Audience.ADVISER: {"adviser"},
    Audience.AREA: {"help_desk", "officer"},
}


class Choosing(NamedTuple):
    """One topic, and when the person hears of it now."""

    topic: Topic
    when: When


def topics_for(user: Any) -> list[Topic]:
    """The topics of which this person gets e-mails, those that cannot be chosen last."""
    if is_learner(user):
        wanted = {Audience.LEARNER, Audience.ANYBODY}
    else:
        kinds = role_kinds(user)
        wanted = {audience for audience, roles in ROLES_OF.items() if roles & kinds} | {Audience.ANYBODY}
        wanted |= {Audience.STAFF} if kinds else set()
        wanted |= {Audience.SUPPORTER} if getattr(user, "is_supporter", False) else set()
    names = {kind.topic for kind in KINDS.values() if kind.audience in wanted}
    # The e-mail of the day is for people at work.
    is_at_work = Audience.STAFF in wanted
    found = [one for name, one in TOPICS.items() if name in names and (is_at_work or When.DAILY not in one.may_be)]
    return sorted(found, key=lambda topic: not topic.can_choose)


def choices_of(user: Any) -> list[Choosing]:
    """Every topic of theirs with what holds today. One query."""
    chosen = dict(MailChoice.objects.filter(user=user).values_list("topic", "when"))
    return [Choosing(topic, _held_to(topic, chosen.get(topic.name))) for topic in topics_for(user)]


def when_for(kind: str, user_ids: list[int]) -> dict[int, When]:
    """When each of these people hears of this kind. One query, and none for a kind that cannot be chosen."""
    topic = topic_of(kind)
    if topic is None or not topic.can_choose or not user_ids:
        return dict.fromkeys(user_ids, When.AT_ONCE)
    chosen = dict(MailChoice.objects.filter(user__in=user_ids, topic=topic.name).values_list("user", "when"))
    return {one: _held_to(topic, chosen.get(one)) for one in user_ids}


def _held_to(topic: Topic, when: str | None) -> When:
    """What was chosen, as long as the topic still lets it be chosen."""
    return When(when) if when in topic.may_be else topic.may_be[0]


def foot_of(kind: str) -> str:
    """The last lines of an e-mail whose kind can be chosen, in the language that is being spoken; else nothing."""
    topic = topic_of(kind)
    if topic is None or not topic.can_choose:
        return ""
    words = _("Choose which e-mails you get, and when: %(address)s")
    return "\n\n" + words % {"address": settings.PORTAL_ADDRESS + reverse("accounts:mail-choices")}


class Reach(NamedTuple):
    """How many learners an e-mail would reach, and how many it would not, by why."""

    told: int
    without_address: int
    bouncing: int
    closed: int

    @property
    def left_out(self) -> int:
        return self.without_address + self.bouncing + self.closed


def reach_of(learners: QuerySet[Learner]) -> Reach:
    """Whom ``ilp.mail`` would write to today: an account that is closed, no address, or one from which e-mails came
    back are left out. Two queries at most."""
    addresses, closed, without = [], 0, 0
    # By their keys: two who have the same address, or none, are two, also where the query asks for distinct rows.
    each = Learner.objects.filter(pk__in=learners.order_by().values("pk"))
    rows = each.order_by().values_list("erased_at", "user__is_active", "contact__email", "user__email")
    for erased_at, is_active, contact, own in rows:
        address = (contact or own or "").lower()
        if erased_at is not None or is_active is False:
            closed += 1
        elif not address:
            without += 1
        else:
            addresses.append(address)
    back = bounced(addresses)
    bouncing = sum(address in back for address in addresses)
    return Reach(len(addresses) - bouncing, without, bouncing, closed)
