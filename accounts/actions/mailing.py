"""Who hears of something at once, who in the e-mail of the day, and who not at all."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DailyItem, DailyMail, MailChoice, User
from accounts.queries.mailing import choices_of, topics_for, when_for
from activity.actions import post, record
from activity.kinds import KINDS, When
from core import clock
from core.errors import RuleBroken
from providers.models import StaffRole
from providers.queries import is_working_day

DAILY = "daily-mail"
FIRST_HOUR, LAST_HOUR = 8, 17  # it leaves from eight o'clock until before five
KEPT = dt.timedelta(days=30)


def hear_now(kind: str, people: Iterable[User], *, about: str) -> list[User]:
    """Those who are written to now. For whoever wants one e-mail a day it waits for that, and who wants none of this
    kind hears nothing. ``about`` names the thing: "choice:12".

    For senders, in the transaction that marks the message as sent.
    """
    people = list(people)
    when = when_for(kind, [person.pk for person in people])
    DailyItem.objects.bulk_create(
        DailyItem(user=person, kind=kind, about=about) for person in people if when[person.pk] == When.DAILY
    )
    return [person for person in people if when[person.pk] == When.AT_ONCE]


@transaction.atomic
def choose_mail(*, choices: Mapping[str, str], by: User) -> None:
    """From now on they hear of these topics so. What waits for the e-mail of the day still comes with the next one, but
    for what is not wanted at all any more; the same again changes nothing.

    Raises: RuleBroken ``topic_fixed`` (a topic that is not theirs, or cannot be chosen so).
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    held = {one.topic.name: one.when for one in choices_of(by)}
    theirs = {topic.name: topic for topic in topics_for(by)}
    for name, when in choices.items():
        if name not in theirs or when not in theirs[name].may_be:
            raise RuleBroken(_("This cannot be chosen. Choose from what stands here."), code="topic_fixed")
        if held[name] == when:
            continue
        MailChoice.objects.update_or_create(user=by, topic=name, defaults={"when": when, "changed_at": clock.now()})
        if when == When.NEVER:
            kinds = [kind.name for kind in KINDS.values() if kind.topic == name]
            DailyItem.objects.filter(user=by, mail=None, kind__in=kinds).delete()
        record("mail.choose", subject=by, by=by, topic=name, when=str(when))


def make_daily_mails() -> int:
    """Whoever had something waiting at eight o'clock has one e-mail for today; returns how many were made.

    Nothing leaves at night or on days on which nobody in their area works: it waits for the next working day. Safe to
    call twice. Tells: them, ``daily-mail``.
    """
    now = timezone.localtime(clock.now())
    if not FIRST_HOUR <= now.hour < LAST_HOUR:
        return 0
    since = timezone.make_aware(dt.datetime.combine(now.date(), dt.time(FIRST_HOUR)))
    waiting = DailyItem.objects.filter(mail=None, at__lt=since).order_by().values("user")
    roles = StaffRole.objects.current().filter(user__in=waiting).select_related("organisation__area").order_by("pk")
    areas = {role.user_id: role.organisation.area for role in roles}
    works = {area.pk: is_working_day(now.date(), area=area) for area in set(areas.values())}
    return sum(_make(user, on=now.date(), since=since) for user, area in sorted(areas.items()) if works[area.pk])


@transaction.atomic
def _make(user_id: int, *, on: dt.date, since: dt.datetime) -> bool:
    """One e-mail with all that waits, unless another worker has made it."""
    User.objects.select_for_update(no_key=True).get(pk=user_id)  # two sweeps at once queue up here
    items = DailyItem.objects.filter(user=user_id, mail=None, at__lt=since)
    if not items.exists() or DailyMail.objects.filter(user=user_id, on=on).exists():
        return False
    mail = DailyMail.objects.create(user_id=user_id, on=on)
    items.update(mail=mail)
    post(DAILY, key=f"{DAILY}:{user_id}:{on.isoformat()}", mail_id=mail.pk)
    return True


def remove_old_daily_mails() -> int:
    """What was sent, or could not be for so long, does not stay."""
    before = clock.now() - KEPT
    gone = DailyMail.objects.filter(made_at__lt=before).delete()[0]
    return gone + DailyItem.objects.filter(at__lt=before).delete()[0]
