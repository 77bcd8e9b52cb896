"""What is new for somebody in their conversations: the number beside an entry of the menu, on every page."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from ilp.models import Conversation, Message
from providers.queries import role_kinds


def unread_count(user: Any) -> int:
    """How many messages are new for a learner, or conversations for an adult. Asked only of people who are part of a
    conversation, and then remembered for ``REMEMBERED_SECONDS``, or until they have read or been written to."""
    if not getattr(user, "has_messages", False):
        return 0
    if not hasattr(user, "messages_unread"):
        seconds = settings.REMEMBERED_SECONDS
        user.messages_unread = cache.get_or_set(_key(user.pk), lambda: unread_now(user), seconds)
    return int(user.messages_unread)


def unread_now(user: Any) -> int:
    """The same, asked of the database."""
    if not role_kinds(user):
        return Message.objects.unread_by_learner().filter(conversation__learner__user=user).count()
    return Conversation.objects.answered_by(user).with_news(user).filter(is_new=True).count()


def forget_unread(user_id: int | None) -> None:
    """The next page of this person counts anew, once what happens now is in the database."""
    if user_id is not None:
        transaction.on_commit(lambda: cache.delete(_key(user_id)))


def _key(user_id: int) -> str:
    return f"unread-messages:{user_id}"
