"""People hear by e-mail that messages wait: at most once an hour, and learners never in quiet hours."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from activity.actions import post
from core import clock
from ilp.models import Conversation, Message, MessageNotice
from ilp.queries import adults_to_tell, rules_of, unread_now

ONCE_IN = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=30)


def plan_notices(message: Message) -> None:
    """The other side will be told of this message, once it is shown, with whatever else is new by then."""
    conversation = message.conversation
    if message.is_from_learner:
        people = list(adults_to_tell(conversation).values_list("pk", flat=True))
    else:
        user_id = conversation.learner.user_id
        people = [user_id] if user_id is not None and conversation.paused_at is None else []
    before = MessageNotice.objects.filter(user__in=people, is_needed=True, sent_at__isnull=False).order_by()
    last = dict(before.values_list("user").annotate(Max("sent_at")))
    MessageNotice.objects.bulk_create(
        [
            MessageNotice(
                user_id=one, due_at=max(message.shown_at, last[one] + ONCE_IN) if one in last else message.shown_at
            )
            for one in people
        ],
        ignore_conflicts=True,
    )


def send_notice(*, notice: MessageNotice) -> bool:
    """The person is told if something is still unread; a learner when no hour is quiet. Safe to call twice.

    Tells: them, ``message-waiting``.
    """
    with transaction.atomic():
        due = MessageNotice.objects.due().select_for_update(skip_locked=True, of=("self",)).filter(pk=notice.pk)
        held = due.select_related("user").first()
        if held is None:
            return False
        opens_at = _opens_at(held.user)
        if opens_at > clock.now():
            held.due_at = opens_at
            held.save(update_fields=["due_at"])
            return False
        held.is_needed = _has_news(held.user)
        held.sent_at = clock.now()
        held.save(update_fields=["is_needed", "sent_at"])
        if held.is_needed:
            post("message-waiting", key=f"message-waiting:{held.pk}", user_id=held.user_id)
        return held.is_needed


def send_notices(*, limit: int = 500) -> int:
    """Whoever is due has been told. Returns how many were."""
    return sum(send_notice(notice=notice) for notice in MessageNotice.objects.due()[:limit])


def remove_old_notices() -> int:
    """Notices that were dealt with do not stay."""
    return MessageNotice.objects.filter(sent_at__lt=clock.now() - KEPT).delete()[0]


def _opens_at(user: User) -> dt.datetime:
    """For a learner the end of quiet hours; adults may hear of a learner at any time."""
    conversation = Conversation.objects.own_of(user).select_related("service__area").first()
    return rules_of(conversation.service.area).open_from(clock.now()) if conversation else clock.now()


def _has_news(user: User) -> bool:
    own = Message.objects.unread_by_learner().filter(conversation__learner__user=user)
    if own.exists():
        return own.filter(conversation__paused_at=None).exists()
    return unread_now(user) > 0
