"""What an area and its services set around conversations."""

import csv
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from ilp.models import ConcernPhrase, ConversationRules, SafeguardingContact
from ilp.policies import PHRASE_POLICY, RULES_POLICY, SERVICE_POLICY
from ilp.queries import plain_phrase
from providers.models import Area, Organisation, RoleKind, StaffRole

SHORTEST = 3  # letters: a shorter word would be in everything
PHRASES = "ilp/data/concern_phrases.csv"


@transaction.atomic
def add_phrase(*, words: str, by: Any) -> ConcernPhrase:
    """From now on a learner's message with these words calls a person. A phrase that was switched off is on again.

    Raises: NotAllowed, RuleBroken ``phrase_short`` and ``phrase_known``.
    """
    words, plain = " ".join(words.split()), plain_phrase(words)
    PHRASE_POLICY.require(by, "add", ConcernPhrase(words=words))
    if len(plain.rstrip("*")) < SHORTEST:
        raise RuleBroken(_("Write at least three letters."), code="phrase_short")
    known = ConcernPhrase.objects.select_for_update().filter(plain=plain).first()
    if known is not None and known.is_active:
        raise RuleBroken(_("These words are in the list already."), code="phrase_known")
    if known is not None:
        return switch_phrase(phrase=known, is_active=True, by=by)
    phrase = ConcernPhrase.objects.create(words=words, plain=plain, added_by=by)
    record("phrase.add", subject=phrase, by=by)
    return phrase


@transaction.atomic
def switch_phrase(*, phrase: ConcernPhrase, is_active: bool, by: Any) -> ConcernPhrase:
    """These words call somebody, or do not any more. Raises: NotAllowed, StaleState (it is so already)."""
    phrase = ConcernPhrase.objects.select_for_update().get(pk=phrase.pk)
    PHRASE_POLICY.require(by, "switch", phrase)
    if phrase.is_active == is_active:
        raise StaleState(f"phrase {phrase.pk} is so already")
    phrase.is_active, phrase.changed_at = is_active, clock.now()
    phrase.save(update_fields=["is_active", "changed_at"])
    record("phrase.switch", subject=phrase, by=by, is_active=is_active)
    return phrase


def load_concern_phrases() -> int:
    """The starting list is there. What somebody switched off stays off, what somebody added stays."""
    with (settings.BASE_DIR / PHRASES).open(encoding="utf-8", newline="") as file:
        words = [row["phrase"] for row in csv.DictReader(file)]
    phrases = {plain_phrase(one): one for one in words}
    ConcernPhrase.objects.bulk_create(
        [ConcernPhrase(words=one, plain=plain, is_starting=True) for plain, one in phrases.items()],
        ignore_conflicts=True,
    )
    return len(phrases)


@transaction.atomic
def set_rules(*, area: Area, by: Any, **answers: Any) -> ConversationRules:
    """The area's quiet hours and words hold from now on. Raises: NotAllowed, RuleBroken ``no_hour_left``."""
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    rules = ConversationRules.objects.filter(area=area).first() or ConversationRules(area=area)
    RULES_POLICY.require(by, "set", rules)
    for name, value in answers.items():
        setattr(rules, name, value)
    quiet = (rules.quiet_until.hour * 60 + rules.quiet_until.minute) - (
        rules.quiet_from.hour * 60 + rules.quiet_from.minute
    )
    if quiet % (24 * 60) > 16 * 60:  # minutes
        raise RuleBroken(_("Leave at least eight hours of the day in which messages arrive."), code="no_hour_left")
    rules.by, rules.changed_at = by, clock.now()
    rules.save()
    record("rules.set", subject=rules, by=by, area=area.pk)
    return rules


@transaction.atomic
def name_contact(*, organisation: Organisation, role: StaffRole | None, by: Any) -> SafeguardingContact | None:
    """This member of staff is called first when a message is flagged; without one, all coordinators or advisers are.

    Raises: NotAllowed, RuleBroken ``not_their_staff``.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    SERVICE_POLICY.require(by, "name_contact", organisation)
    kinds = (RoleKind.COORDINATOR, RoleKind.TUTOR, RoleKind.ADVISER)
    theirs = StaffRole.objects.current().filter(organisation=organisation, kind__in=kinds)
    if role is not None and not theirs.filter(pk=role.pk).exists():
        raise RuleBroken(_("Choose somebody who works there today."), code="not_their_staff")
    SafeguardingContact.objects.filter(organisation=organisation, ended_at=None).update(ended_at=clock.now())
    contact = None
    if role is not None:
        contact = SafeguardingContact.objects.create(organisation=organisation, role=role, by=by)
    record("safeguarding.name", subject=organisation, by=by, role=role.pk if role else None)
    return contact
