"""How a desk handles what it received: who has looked, whose it is, what is written down."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.actions import post, record
from applications.actions.moving import lock_application
from applications.models import Choice, DeskFilter, DeskNote, Handling
from applications.policies import DESK_POLICY
from applications.queries.desk import may_answer
from applications.queries.standing import DOUBLE_PRESS
from core import clock
from core.errors import RuleBroken
from providers.models import Organisation

MOST_FILTERS = 20
MOST_WORDS = 4000


def look_at_choice(*, choice: Choice, by: Any) -> None:
    """Somebody of the provider has looked at it. Who was first stays.

    Raises: NotAllowed.
    """
    DESK_POLICY.require(by, "look", choice)
    handling = getattr(choice, "handling", None)
    if handling is not None and handling.looked_at is not None:
        return
    Handling.objects.bulk_create([Handling(choice_id=choice.pk)], ignore_conflicts=True)
    Handling.objects.filter(choice=choice, looked_at=None).update(looked_at=clock.now(), looked_by=by)
    choice.handling = Handling.objects.select_related("assigned_to", "looked_by").get(choice=choice)


@transaction.atomic
def assign_choice(*, choice: Choice, to: Any, by: Any) -> Choice:
    """It is this colleague's to answer; with ``to=None`` nobody's. The same again changes nothing.

    It ends by itself when the colleague no longer answers applications of the provider.

    Raises: NotAllowed, RuleBroken ``not_at_this_desk``. Tells: a colleague it is given to, ``choice-assigned``.
    """
    lock_application(choice.application_id)
    choice = Choice.objects.with_parties().get(pk=choice.pk)
    DESK_POLICY.require(by, "assign", choice)
    if to is not None and not may_answer(choice.desk_ids).filter(pk=to.pk).exists():
        raise RuleBroken(_("Choose somebody who answers applications here today."), code="not_at_this_desk")
    Handling.objects.bulk_create([Handling(choice_id=choice.pk)], ignore_conflicts=True)
    handling = Handling.objects.select_for_update().get(choice=choice)
    if handling.assigned_to_id != (to.pk if to else None):
        handling.assigned_to, handling.assigned_by, handling.assigned_at = to, by, clock.now()
        handling.save(update_fields=["assigned_to", "assigned_by", "assigned_at"])
        event = record(
            "choice.assign", subject=choice, by=by, provider=choice.provider.name, person=to.pk if to else None
        )
        if to is not None and to.pk != by.pk:
            post(
                "choice-assigned",
                key=f"choice-assigned:{choice.pk}:{event.pk}",
                choice_id=choice.pk,
                user_id=to.pk,
            )
    return choice


@transaction.atomic
def write_note(*, choice: Choice, words: str, by: Any) -> DeskNote:
    """Colleagues read these words beside the choice; they stay as they are. Pressed twice, it is one note.

    Raises: NotAllowed, RuleBroken ``note_missing``, ``note_too_long``.
    """
    lock_application(choice.application_id)
    choice = Choice.objects.with_parties().get(pk=choice.pk)
    DESK_POLICY.require(by, "note", choice)
    words = words.strip()
    if not words:
        raise RuleBroken(_("Write the note first."), code="note_missing")
    if len(words) > MOST_WORDS:
        raise RuleBroken(_("Write at most %(most)s letters.") % {"most": MOST_WORDS}, code="note_too_long")
    last = choice.desk_notes.filter(by=by, words=words, at__gt=clock.now() - DOUBLE_PRESS).first()
    if last is not None:
        return last
    mine = Organisation.objects.admitting_through(by)
    provider = mine.filter(pk=choice.provider_id).first() or mine.get(pk=choice.placed_with_id)
    note = DeskNote.objects.create(choice=choice, provider=provider, by=by, words=words)
    record("choice.note", subject=choice, by=by, provider=choice.provider.name, note=note.pk)
    return note


@transaction.atomic
def save_desk_filter(*, address: str, name: str, by: Any) -> DeskFilter:
    """The filter stands above the worklist under this name; the same one saved again is renamed.

    Raises: RuleBroken ``filter_empty``, ``filter_too_long``, ``filter_unnamed``, ``too_many_filters``.
    """
    if not address:
        raise RuleBroken(_("Choose a filter first, then save it."), code="filter_empty")
    if len(address) > DeskFilter.MOST_ADDRESS:
        raise RuleBroken(_("This filter is too long to keep. Ask for less at once."), code="filter_too_long")
    name = name.replace("\0", "")
    if not name.strip():
        raise RuleBroken(_("Give the filter a name."), code="filter_unnamed")
    # The person is the lock: two tabs that save the last two queue up.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = DeskFilter.objects.filter(user=by)
    found = mine.filter(address=address).first()
    if found is None:
        if mine.count() >= MOST_FILTERS:
            raise RuleBroken(
                _("You have saved %(most)s filters, which is as many as fit. Remove one first.")
                % {"most": MOST_FILTERS},
                code="too_many_filters",
            )
        found = DeskFilter(user=by, address=address)
    found.name = name.strip()[:60]
    found.save()
    return found


def remove_desk_filter(*, saved: DeskFilter, by: Any) -> None:
    """It is gone; what it showed stays."""
    DeskFilter.objects.filter(pk=saved.pk, user=by).delete()
