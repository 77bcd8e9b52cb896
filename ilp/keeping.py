"""What conversations and the client record say of a learner."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, User
from core import clock, personal
from core.personal import Blank, Erase, Retention
from ilp.actions.many import UNCONFIRMED_DAYS, drop_unconfirmed_messages
from ilp.models import (
    Conversation,
    ConversationReading,
    CurrentActivity,
    Message,
    MessageAttachment,
    MessageDraft,
    MessageFlag,
    MessageItem,
    MessageNotice,
    RecordFact,
    RecordKind,
)


def register() -> None:
    """The list of these tables. Tables that others point to come first."""
    register_messages()
    register_record()


def register_messages() -> None:
    personal.register(
        Conversation,
        path="learner",
        title=_("Whom you write to"),
        shows={"service__name": _("With"), "created_at": _("Since"), "paused_at": _("You did not want to talk from")},
        erase=Erase.KEEP,
        because=_("How many learners wrote to a service is part of its figures. No words stay."),
        merge=_merge_conversations,
    )
    personal.register(
        Message,
        path="conversation__learner",
        title=_("Messages between you and those who look after you"),
        shows={
            "sent_at": _("When"),
            "conversation__service__name": _("With"),
            "is_from_learner": _("Written by you"),
            "by__name": _("By"),
            "text": _("Message"),
        },
        erase=Blank(text=""),
        because=_("When messages were sent and answered is part of the figures. No words stay."),
    )
    personal.register(
        MessageItem,
        path="learner",
        title=_("Where an adviser wrote to several learners together"),
        shows={"run__by__name": _("By"), "run__created_at": _("When"), "state": _("State")},
        erase=Erase.KEEP,
        because=_("How many were written to together is part of the figures. No words stay."),
        merge=_merge_items,
    )
    personal.register(
        MessageAttachment,
        path="message__conversation__learner",
        title=_("Files sent with messages"),
        shows={"message__sent_at": _("When"), "name": _("File"), "removed_at": _("No longer kept since")},
        erase=Erase.DELETE,
    )
    personal.register(
        MessageDraft,
        path="conversation__learner",
        title=_("Messages begun and not sent"),
        erase=Erase.DELETE,
    )
    personal.register(
        ConversationReading,
        path="conversation__learner",
        title=_("Until when staff have read your messages"),
        shows={"reader__name": _("Who"), "read_at": _("Until")},
        erase=Erase.DELETE,
    )
    personal.register(
        MessageNotice,
        path="user__learner",
        title=_("E-mails that said you have a message"),
        shows={"sent_at": _("When")},
        erase=Erase.DELETE,
        merge=_merge_notices,
    )
    personal.register(
        # Not in a copy: whether staff were called is about keeping somebody safe.
        # Source: Data Protection Act 2018, schedule 3, part 5 (child abuse data).
        MessageFlag,
        path=("learner", "message__conversation__learner"),
        title=_("Notes of staff about keeping you safe"),
        erase=Blank(words="", said=""),
        because=_("What was done to keep a young person safe has to be accounted for later."),
    )
    personal.register_tidying(
        personal.Tidying(
            "message_runs",
            "Lists of learners to write to that nobody sent",
            UNCONFIRMED_DAYS,
            "picking them",
            drop_unconfirmed_messages,
        )
    )
    personal.register_sweep("message files", _remove_files_of)
    personal.register_hold("open flags", _is_being_looked_after)
    personal.register_retention(
        Retention(
            name="message_files",
            title=_("Files sent with messages"),
            days=365,
            least_days=90,
            source=_("A file is needed while it is talked about. What it was called stays with the message."),
            due=lambda before: MessageAttachment.objects.kept().filter(message__sent_at__date__lt=before),
            remove=remove_files,
        )
    )


def register_record() -> None:
    personal.register(
        CurrentActivity,
        path="learner",
        title=_("What you are doing now and did before, as your adviser recorded it"),
        shows={
            "started_on": _("From"),
            "ended_on": _("Until"),
            "code__meaning": _("What"),
            "provider__name": _("With"),
            "establishment": _("With, in words"),
            "verified_on": _("Last confirmed"),
            "source": _("Who said so"),
            "replaced_at": _("Put right or confirmed again"),
        },
        erase=Blank(establishment=""),
        because=_("How many young people were learning, working or neither is a statutory figure."),
        merge=_merge_activities,
    )
    personal.register(
        RecordFact,
        path="learner",
        title=_("How much help you need, and where you mean to go, as your adviser recorded it"),
        shows={"started_on": _("From"), "ended_on": _("Until"), "kind": _("About"), "code__meaning": _("What")},
        erase=Erase.KEEP,
        because=_("How many young people need much help, and where they mean to go, are statutory figures."),
        merge=_merge_facts,
    )


def _merge_activities(keep: Learner, other: Learner) -> None:
    _merge_open(CurrentActivity, keep, other)


def _merge_facts(keep: Learner, other: Learner) -> None:
    """One of a kind holds; of characteristics one of each code."""
    several = Q(kind=RecordKind.CHARACTERISTIC)
    theirs = RecordFact.objects.filter(learner=other).order_by()
    for kind in theirs.exclude(several).values_list("kind", flat=True).distinct():
        _merge_open(RecordFact, keep, other, kind=kind)
    for code in theirs.filter(several).values_list("code", flat=True).distinct():
        _merge_open(RecordFact, keep, other, code=code)


def _merge_open(model: Any, keep: Learner, other: Learner, **same: Any) -> None:
    """Of two that hold, the later one goes on and the earlier one ends where it starts."""
    both = model.objects.open().filter(learner__in=[keep, other], **same).order_by("started_on", "pk")
    *earlier, latest = list(both) or [None]
    for one in earlier:
        one.ended_on = latest.started_on
        one.save(update_fields=["ended_on"])
    model.objects.filter(learner=other, **same).update(learner=keep)


def remove_files(attachments: QuerySet) -> int:
    """The stored files are gone; the rows keep what they were called."""
    removed = 0
    for attachment in attachments:
        attachment.file.delete(save=False)
        attachment.file, attachment.removed_at = "", clock.now()
        attachment.save(update_fields=["file", "removed_at"])
        removed += 1
    return removed


def _remove_files_of(learner: Learner) -> None:
    remove_files(MessageAttachment.objects.kept().filter(message__conversation__learner=learner))


def _is_being_looked_after(learner: Learner) -> str:
    """Says nothing of flags: the learner may read it."""
    about = Q(learner=learner) | Q(message__conversation__learner=learner)
    if MessageFlag.objects.open().filter(about).exists():
        return "Your school or advice service has to finish something with you first."
    return ""


def _merge_conversations(keep: Learner, other: Learner) -> None:
    """One conversation with each service: the messages of both, in the order they were sent."""
    for theirs in Conversation.objects.filter(learner=other):
        ours = Conversation.objects.filter(learner=keep, service=theirs.service_id, subject=theirs.subject).first()
        if ours is None:
            theirs.learner = keep
            theirs.save(update_fields=["learner"])
            continue
        known = ours.messages.filter(once="welcome", by=None).exists()
        if known and (greeting := theirs.messages.filter(once="welcome", by=None).first()):
            greeting.once = greeting.reference
            greeting.save(update_fields=["once"])
        theirs.messages.update(conversation=ours)
        ours.last_at = max(filter(None, (ours.last_at, theirs.last_at)), default=None)
        ours.learner_read_at = _older(ours.learner_read_at, theirs.learner_read_at)
        ours.save(update_fields=["last_at", "learner_read_at"])
        theirs.delete()
    if Conversation.objects.filter(learner=keep).exists() and keep.user_id is not None:
        User.objects.filter(pk=keep.user_id).update(has_messages=True)


def _older(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    """What either has not read is unread."""
    return min(one, other) if one and other else None


def _merge_items(keep: Learner, other: Learner) -> None:
    """Somebody picked twice in one run is in it once."""
    both = MessageItem.objects.filter(learner=keep).values("run")
    MessageItem.objects.filter(learner=other, run__in=both).delete()
    MessageItem.objects.filter(learner=other).update(learner=keep)


def _merge_notices(keep: Learner, other: Learner) -> None:
    """Who is told is told in the account that goes on; of two notices that are open, one."""
    if other.user_id in {None, keep.user_id}:
        return
    theirs = MessageNotice.objects.filter(user=other.user_id)
    if MessageNotice.objects.waiting().filter(user=keep.user_id).exists():
        theirs.waiting().delete()
    theirs.update(user=keep.user_id)
