"""The first minutes of results day: learners read, and answer a little later, when everybody has had time to read."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from core import clock
from providers.models import Cycle

# What a learner cannot do in these minutes. Applying goes on.
ANSWERS = frozenset({"accept", "hold", "turn_down", "withdraw", "take_referral", "decline_referral"})


def at_hour(day: dt.date, hour: dt.time) -> dt.datetime:
    """The moment in London."""
    return timezone.make_aware(dt.datetime.combine(day, hour))


def answers_closed_words(cycle: Cycle) -> str:
    """Why learners cannot answer at this moment and from when they can; "" when they can."""
    if cycle.results_on is None or cycle.results_from is None or cycle.answers_from is None:
        return ""
    opens = at_hour(cycle.results_on, cycle.answers_from)
    if not at_hour(cycle.results_on, cycle.results_from) <= clock.now() < opens:
        return ""
    words = _("It is results day. You can read everything now, and answer from %(time)s today.")
    return words % {"time": f"{timezone.localtime(opens):%H:%M}"}
