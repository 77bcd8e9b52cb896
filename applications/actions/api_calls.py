"""Another system answers: once for each key, by the very same actions as people, and with a name to it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from activity.models import Event
from applications.actions.moving import lock_application
from applications.models import ApiCall, ApiToken, Choice, GoneChoice
from core.errors import NotAllowed, RuleBroken, StaleState


class Person(NamedTuple):
    """Who answers, as the college says."""

    name: str
    job_title: str


class Refusal(NamedTuple):
    """What the rules said, as it is told and told again."""

    status: int
    code: str
    sentence: str


class Told(NamedTuple):
    """What a call came to."""

    status: int
    answer: dict[str, Any]
    is_replay: bool


@transaction.atomic
def answer_through_system(
    *,
    token: ApiToken,
    choice: Choice,
    verb: str,
    key: str,
    request_sha256: str,
    person: Person,
    act: Callable[[Choice, Any], Any],
    tell: Callable[[int], dict[str, Any]],
    refuse: Callable[[Refusal], dict[str, Any]],
    is_as_seen: Callable[[int], bool] = lambda _changed_in: True,
) -> Told:
    """``act(choice, account)`` has been done, or refused by its rules, and what was told of it is kept under the key.

    The call's row and what it brought about are one transaction: a process that dies leaves neither, and the same key
    asked again does it then. ``tell(choice key)`` is the answer when it was done.

    Raises: NotAllowed (the token only reads), RuleBroken ``in_flight`` (the same key is being answered now),
    ``key_reused`` (it was for something else), ``changed_since`` (``is_as_seen`` says no): nothing is kept of these.
    """
    if not token.is_answering:
        raise NotAllowed(f"token {token.pk} only reads")
    if not _hold(token, key):
        raise RuleBroken(_("The same request is being answered now. Ask again in a moment."), code="in_flight")
    known = ApiCall.objects.filter(token=token, key=key).first()
    if known is not None:
        if known.request_sha256 != request_sha256:
            raise RuleBroken(
                _("This Idempotency-Key was used for another request. Use a new one for each."), code="key_reused"
            )
        return Told(known.status, known.answer, is_replay=True)
    lock_application(choice.application_id)
    if not is_as_seen(changed_in_of(choice.pk)):
        raise RuleBroken(
            _("The application changed after you read it, so nothing was done. Read it again, then decide."),
            code="changed_since",
        )
    account, last = token.role.user, Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    status, answer = 200, {}
    try:
        with transaction.atomic():
            act(choice, account)
            answer = tell(choice.pk)
    except RuleBroken as rule:
        status, answer = 422, refuse(Refusal(422, str(rule.code), " ".join(rule.messages)))
    except StaleState:
        sentence = _("This cannot be done as the application stands now. Read it again, then decide.")
        status, answer = 409, refuse(Refusal(409, "stale_state", sentence))
    event = None
    if status == 200:
        subject = f"{Choice._meta.label_lower}:{choice.pk}"
        event = Event.objects.filter(pk__gt=last, subject=subject, by=account, verb=f"choice.{verb}").first()
    ApiCall.objects.create(
        token=token,
        key=key,
        request_sha256=request_sha256,
        choice=choice,
        verb=verb,
        status=status,
        answer=answer,
        event=event,
        by_name=person.name,
        by_title=person.job_title,
    )
    return Told(status, answer, is_replay=False)


def changed_in_of(choice_id: int) -> int:
    """The number of the transaction that last changed it, as it is now."""
    return Choice.objects.values_list("changed_in", flat=True).get(pk=choice_id)


def mend_numbers() -> int:
    """Choices whose number is ahead of the database's, because it was put back from a copy onto another server, have a
    number of today, so that systems are told of them again. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (now_in,) = cursor.fetchone()
    now: Any = RawSQL("pg_current_xact_id()::text::bigint", [])
    GoneChoice.objects.filter(changed_in__gt=now_in).update(changed_in=now)
    # The trigger writes the number. One that another transaction gave a moment ago only changes once more.
    return Choice.objects.filter(changed_in__gt=now_in).update(changed_in=0)


def _hold(token: ApiToken, key: str) -> bool:
    """Nobody else answers this key until our transaction ends, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"api-call {token.pk} {key}"])
        (is_ours,) = cursor.fetchone()
    return bool(is_ours)
