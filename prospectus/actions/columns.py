"""Saying once what the columns of a provider's spreadsheets hold."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from activity.actions import record
from core import clock
from prospectus.models import ColumnAnswer
from prospectus.policies import PROVIDER_POLICY
from providers.models import Organisation


@transaction.atomic
def explain_columns(*, provider: Organisation, answers: Mapping[str, str], by: Any) -> None:
    """From now on these headings (squeezed) of this provider's spreadsheets mean these columns of ours, by key.

    What somebody said before about another heading that was to mean the same is forgotten: the last answer counts.
    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "explain_columns", provider)
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    ColumnAnswer.objects.filter(provider=provider, key__in=answers.values()).exclude(heading__in=answers).delete()
    for heading, key in answers.items():
        ColumnAnswer.objects.update_or_create(
            provider=provider, heading=heading, defaults={"key": key, "by": by, "answered_at": clock.now()}
        )
    record("columns.explain", subject=provider, by=by, columns=len(answers))
