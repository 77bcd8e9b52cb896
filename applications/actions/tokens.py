"""Tokens by which a college's own system is let in: made, used, ended, and never found again.

Lock order: the organisation, then the token.
"""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions import make_system_account
from accounts.actions.codes import keyed_hash
from activity.actions import post, record
from applications.models import ApiScope, ApiToken
from applications.policies import PROVIDER_POLICY
from core import clock
from core.errors import RuleBroken, StaleState
from core.references import new_reference
from providers.actions import let_system_in, put_system_out
from providers.actions.staff import lock_organisation
from providers.models import Organisation

PREFIX = "app_"  # whoever finds one in a file knows what it opens
PRACTICE_PREFIX = "test_"  # nothing real
SHOWN = 6  # of what follows
MOST_OPEN = 20  # of one provider
WARNED_DAYS = (30, 7, 1)


@transaction.atomic
def make_token(*, provider: Organisation, name: str, scope: str, expires_on: dt.date, by: Any) -> tuple[ApiToken, str]:
    """The provider's system may read, or read and answer, until the end of this day. The second value is the token
    itself: it is kept nowhere, so whoever asked has to keep it.

    Raises: NotAllowed, RuleBroken ``scope_unknown``, ``name_missing``, ``expires_too_soon``, ``expires_too_late``,
    ``token_name_taken``, ``too_many_tokens``. Tells: the provider's managers, ``token-made``.
    """
    provider = lock_organisation(provider.pk)
    PROVIDER_POLICY.require(by, "let_system_in", provider)
    today = clock.today()
    if scope not in ApiScope.values:
        raise RuleBroken(_("Choose what the system may do."), code="scope_unknown")
    if not name.strip():
        raise RuleBroken(_("Say which system it is for."), code="name_missing")
    if expires_on <= today:
        raise RuleBroken(_("Choose a day after today."), code="expires_too_soon")
    if expires_on > today + ApiToken.LONGEST:
        raise RuleBroken(_("A token works for a year at most. Choose an earlier day."), code="expires_too_late")
    working = ApiToken.objects.open().filter(role__organisation=provider)
    if working.filter(name__iexact=name.strip()).exists():
        # Also what stops a button pressed twice from making two.
        raise RuleBroken(
            _("A token for a system of this name works already. End it first, or choose another name."),
            code="token_name_taken",
        )
    if working.count() >= MOST_OPEN:
        raise RuleBroken(
            _("%(number)s tokens work already, which is as many as may. End some that are not used.")
            % {"number": MOST_OPEN},
            code="too_many_tokens",
        )
    prefix = PREFIX if provider.practice_of_id is None else PRACTICE_PREFIX
    reference, secret = new_reference(), f"{prefix}{secrets.token_urlsafe(32)}"
    account = make_system_account(name=name.strip(), reference=reference)
    role = let_system_in(organisation=provider, user=account, until_on=expires_on, by=by)
    token = ApiToken.objects.create(
        reference=reference,
        role=role,
        name=name.strip(),
        scope=scope,
        prefix=secret[: len(prefix) + SHOWN],
        token_hash=_hash_of(secret),
        made_by=by,
        expires_on=expires_on,
    )
    facts = {"organisation": provider.pk, "scope": scope, "expires_on": expires_on.isoformat()}
    record("token.make", subject=token, by=by, **facts)
    post("token-made", key=f"token-made:{token.pk}", token_id=token.pk)
    return token, secret


@transaction.atomic
def end_token(*, token: ApiToken, by: Any) -> ApiToken:
    """It opens nothing from this moment on. What was done with it stays.

    Raises: NotAllowed, StaleState (it is over).
    """
    provider = lock_organisation(token.role.organisation_id)
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("role").get(pk=token.pk)
    PROVIDER_POLICY.require(by, "let_system_in", provider)
    if token.ended_at is not None:
        raise StaleState(f"token {token.pk} has ended")
    token.ended_at = clock.now()
    token.save(update_fields=["ended_at"])
    put_system_out(role=token.role, by=by)
    record("token.end", subject=token, by=by, organisation=provider.pk)
    return token


def use_token(secret: str) -> ApiToken | None:
    """The token that works today and is this one; it has been used in this hour. None: there is none."""
    if not secret.startswith((PREFIX, PRACTICE_PREFIX)) or len(secret) > 100:
        return None
    token: ApiToken | None = ApiToken.objects.open().for_list().filter(token_hash=_hash_of(secret)).first()
    if token is not None:
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        if token.last_used_at != hour:  # one write an hour, however often it is used
            unused = Q(last_used_at=None) | Q(last_used_at__lt=hour)
            ApiToken.objects.filter(unused, pk=token.pk).update(last_used_at=hour)
    return token


def warn_of_tokens() -> int:
    """The managers of each provider have been told of tokens that end soon: a month, a week and a day before. Returns
    how many messages were due. A night that did not happen is made up for; nothing is told twice.

    Tells: the provider's managers, ``token-ending``.
    """
    today, number = clock.today(), 0
    for token in ApiToken.objects.open().filter(expires_on__lte=today + dt.timedelta(days=max(WARNED_DAYS))):
        days = min(step for step in WARNED_DAYS if (token.expires_on - today).days <= step)
        post("token-ending", key=f"token-ending:{token.pk}:{days}", token_id=token.pk)
        number += 1
    return number


def _hash_of(secret: str) -> str:
    return keyed_hash("api-token", secret)
