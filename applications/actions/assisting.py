"""An adult writes and sends for a learner : with the learner beside them, or from a form the learner signed."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentKind, Learner
from activity.actions import record
from applications.actions.drafts import start_application
from applications.actions.moving import lock_application
from applications.models import Application, Assistance, EnteredHow
from applications.policies import LEARNER_POLICY, answers_as_adviser_only
from core import clock
from core.errors import RuleBroken
from providers.models import Cycle

OLDEST_PAPER_DAYS = 90


@transaction.atomic
def assist(*, learner: Learner, cycle: Cycle, how: EnteredHow, by: Any, signed_on: dt.date | None = None) -> Assistance:
    """Until the end of today this adult writes and sends for the learner, and it is kept how.

    Raises: NotAllowed, RuleBroken ``paper_date`` (no date, one to come, or a form older than 90 days) and
    ``learner_refused`` (the learner said no to the advice service: an adviser needs the signed form).
    """
    application = start_application(learner=learner, cycle=cycle, by=by)
    LEARNER_POLICY.require(by, "assist", learner)
    application = lock_application(application.pk)
    today = clock.today()
    how = EnteredHow(how)
    if how == EnteredHow.PAPER:
        if signed_on is None or not today - dt.timedelta(days=OLDEST_PAPER_DAYS) <= signed_on <= today:
            raise RuleBroken(
                _("Enter the date beside the signature. It must be in the last %(days)s days.")
                % {"days": OLDEST_PAPER_DAYS},
                code="paper_date",
            )
    else:
        signed_on = None
        if answers_as_adviser_only(by, learner) and _has_refused(learner):
            raise RuleBroken(
                _("This learner has said no to the advice service. You need the form with their signature."),
                code="learner_refused",
            )
    assistance = Assistance.objects.create(application=application, by=by, how=how, signed_on=signed_on, on=today)
    record("application.assist", subject=application, by=by, how=how.value)
    return assistance


def assistance_of(application: Application, by: Any) -> Assistance | None:
    """How this adult writes for the learner today: what they said last."""
    return Assistance.objects.filter(application=application, by=by, on=clock.today()).last()


def _has_refused(learner: Learner) -> bool:
    newest = Consent.objects.filter(learner=learner, kind=ConsentKind.ADVICE_SERVICE).order_by("-at", "-pk").first()
    return newest is not None and not newest.is_given
