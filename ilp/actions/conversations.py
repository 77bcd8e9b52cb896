"""A learner and a service write to each other."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner, User
from activity.actions import record
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from core.references import new_reference
from ilp.actions.attachments import MOST_FILES, CheckedFile
from ilp.actions.flags import flag_concern, flag_report
from ilp.actions.locking import lock_learner
from ilp.actions.notices import plan_notices
from ilp.models import (
    LONGEST_MESSAGE,
    Conversation,
    ConversationReading,
    ConversationRules,
    Message,
    MessageAttachment,
    MessageDraft,
    MessageFlag,
)
from ilp.policies import CONVERSATION_POLICY, MESSAGE_POLICY
from ilp.queries import forget_unread, readers_of, rules_of, services_of
from providers.models import Organisation, RoleKind, StaffRole

MOST_AN_HOUR = 40  # by one person in one conversation
STAFF_ROLES = (RoleKind.ADVISER, RoleKind.COORDINATOR, RoleKind.TUTOR)


def begin_conversation(*, learner: Learner, service: Organisation, by: Any) -> Conversation:
    """The conversation of this learner with this service, begun now unless there is one. Nobody is told of it.

    Raises: NotAllowed (the service does not look after the learner, or ``by`` is neither of the two).
    """
    with transaction.atomic():
        lock_learner(learner.pk)
        conversation, is_new = Conversation.objects.get_or_create(learner=learner, service=service, subject="")
        CONVERSATION_POLICY.require(by, "write", conversation)
        if is_new:
            record("conversation.begin", subject=conversation, by=by)
    return conversation


def keep_message(*, conversation: Conversation, text: str, by: Any) -> MessageDraft | None:
    """What somebody has begun to write is there when they come back; nothing written is no draft.

    Raises: NotAllowed, RuleBroken ``message_long``.
    """
    CONVERSATION_POLICY.require(by, "write", conversation)
    _require_short(text)
    if not text.strip():
        MessageDraft.objects.filter(conversation=conversation, by=by).delete()
        return None
    draft, _is_new = MessageDraft.objects.update_or_create(
        conversation=conversation, by=by, defaults={"text": text, "saved_at": clock.now()}
    )
    return draft


def send_message(
    *, conversation: Conversation, text: str, once: str, by: Any, files: Iterable[CheckedFile] = ()
) -> Message:
    """The message is kept and shown: a learner's at once, an adult's when quiet hours are over. The draft is gone.

    The same ``once`` again is the same message. A learner who writes wants to talk again.
    Raises: NotAllowed, RuleBroken ``message_empty``, ``message_long``, ``messages_many`` and ``files_many``.
    Tells: the other side, ``message-waiting``, at most once an hour; for words that worry ``message-flagged``, at once.
    """
    files, text = list(files), text.replace("\r\n", "\n").replace("\0", "").strip()
    with transaction.atomic():
        conversation = _locked(conversation)
        if once and (sent := Message.objects.filter(conversation=conversation, by=by, once=once[:20]).first()):
            return sent
        CONVERSATION_POLICY.require(by, "write", conversation)
        _require_message(conversation, text, files, by)
        is_from_learner = conversation.learner.user_id == by.pk
        message = _written(conversation, text=text, once=once[:20], by=by, is_from_learner=is_from_learner)
        for file in files:
            attachment = MessageAttachment(
                message=message, name=file.name, kind=file.kind, size=len(file.content), sha256=file.sha256
            )
            attachment.file.save(file.name, ContentFile(file.content), save=False)
            attachment.save()
        MessageDraft.objects.filter(conversation=conversation, by=by).delete()
        if is_from_learner:
            conversation.paused_at = None
            flag_concern(message)
        conversation.last_at = message.sent_at
        conversation.save(update_fields=["last_at", "paused_at"])
        mark_read(conversation=conversation, by=by, at=message.sent_at)
        forget_unread(conversation.learner.user_id)
        _remember_people(conversation)
        plan_notices(message)
        record("message.send", subject=message, by=by, is_from_learner=is_from_learner, files=len(files))
    return message


def welcome_learner(learner: Learner) -> Message | None:
    """The service that looks after a learner has written first, once: the advice service where the learner shares with
    it, otherwise the school. For unlocking and each yes to sharing, inside their transaction."""
    if learner.user_id is None:
        return None
    services = services_of(learner)
    advising = [one for one in services if not one.is_school and one.can_write]
    found = advising or [one for one in services if one.is_school]
    if not found:
        return None
    service = found[0].organisation
    conversation, _is_new = Conversation.objects.get_or_create(learner=learner, service=service, subject="")
    CONVERSATION_POLICY.require(None, "welcome", conversation)
    if Message.objects.filter(conversation=conversation).exists():
        return None
    rules = rules_of(service.area)
    words = rules.school_welcome if found[0].is_school else rules.service_welcome
    message = _written(conversation, text=words, once="welcome", by=None, is_from_learner=False, rules=rules)
    conversation.last_at = message.sent_at
    conversation.save(update_fields=["last_at"])
    User.objects.filter(pk=learner.user_id).update(has_messages=True)
    forget_unread(learner.user_id)
    record("conversation.welcome", subject=conversation, by=None)
    return message


def mark_read(*, conversation: Conversation, by: Any, at: dt.datetime | None = None) -> None:
    """What is shown in this conversation until now is no longer new for this person."""
    at = at or clock.now()
    if conversation.learner.user_id == by.pk:
        Conversation.objects.filter(pk=conversation.pk).update(learner_read_at=at)
    else:
        ConversationReading.objects.update_or_create(conversation=conversation, reader=by, defaults={"read_at": at})
    forget_unread(by.pk)


def pause_conversation(*, conversation: Conversation, by: Any) -> Conversation:
    """The learner gets no e-mail about this service's messages until they resume or write. Messages stay.

    Raises: NotAllowed.
    """
    return _set_paused(conversation, by, clock.now(), "conversation.pause")


def resume_conversation(*, conversation: Conversation, by: Any) -> Conversation:
    """The learner wants to talk again. Raises: NotAllowed."""
    return _set_paused(conversation, by, None, "conversation.resume")


def _set_paused(conversation: Conversation, by: Any, at: dt.datetime | None, verb: str) -> Conversation:
    with transaction.atomic():
        conversation = _locked(conversation)
        CONVERSATION_POLICY.require(by, "pause", conversation)
        if (conversation.paused_at is None) != (at is None):
            conversation.paused_at = at
            conversation.save(update_fields=["paused_at"])
            record(verb, subject=conversation, by=by)
    return conversation


def report_message(*, message: Message, words: str, by: Any) -> MessageFlag:
    """Somebody else than its writer, and the area's help desk, look at what the service wrote to the learner.

    Raises: NotAllowed (not theirs, or their own). Tells: ``message-flagged``, at once. Twice is once.
    """
    with transaction.atomic():
        conversation = _locked(message.conversation)
        message = Message.objects.for_list().get(pk=message.pk, conversation=conversation)
        MESSAGE_POLICY.require(by, "report", message)
        return flag_report(message, words=words.replace("\0", "").strip(), by=by)


def note_reader(*, by: Any) -> None:
    """Pages tell this person from now on how many conversations have something new."""
    if not by.has_messages:
        User.objects.filter(pk=by.pk).update(has_messages=True)
        by.has_messages = True


def _locked(conversation: Conversation) -> Conversation:
    lock_learner(conversation.learner_id)
    found = Conversation.objects.for_list().filter(pk=conversation.pk).first()
    if found is None:
        raise StaleState("The record has become one with another.")
    return found


def _require_short(text: str) -> None:
    if len(text.replace("\r\n", "\n")) > LONGEST_MESSAGE:
        raise RuleBroken(_("Your message is longer than 4,000 characters. Send it in parts."), code="message_long")


def _require_message(conversation: Conversation, text: str, files: list[CheckedFile], by: Any) -> None:
    if not text and not files:
        raise RuleBroken(_("Write your message first."), code="message_empty")
    _require_short(text)
    if len(files) > MOST_FILES:
        raise RuleBroken(_("Send at most 3 files with a message."), code="files_many")
    since = clock.now() - dt.timedelta(hours=1)
    if Message.objects.filter(conversation=conversation, by=by, sent_at__gt=since).count() >= MOST_AN_HOUR:
        raise RuleBroken(_("You have sent many messages. Wait a while, then go on."), code="messages_many")


def _written(
    conversation: Conversation,
    *,
    text: str,
    once: str,
    by: Any,
    is_from_learner: bool,
    rules: ConversationRules | None = None,
) -> Message:
    now = clock.now()
    role = None
    if not is_from_learner and by is not None:
        role = (
            StaffRole.objects.of(by, *STAFF_ROLES).filter(organisation=conversation.service_id).order_by("kind").first()
        )
        if role is None:
            raise NotAllowed(f"write in {conversation}")
    # The first words of a service come with the page that unlocks; nobody is woken by them.
    is_at_once = is_from_learner or by is None
    rules = rules or rules_of(conversation.service.area)
    return Message.objects.create(
        conversation=conversation,
        by=by,
        role=role,
        is_from_learner=is_from_learner,
        text=text,
        once=once or new_reference(),
        sent_at=now,
        shown_at=now if is_at_once else rules.open_from(now),
    )


def _remember_people(conversation: Conversation) -> None:
    """Pages ask from now on what is new for these people."""
    readers_of(conversation).filter(has_messages=False).update(has_messages=True)
    if conversation.learner.user_id is not None:
        User.objects.filter(pk=conversation.learner.user_id, has_messages=False).update(has_messages=True)
