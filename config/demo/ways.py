"""Learners of the invented town go other ways, too: a provider's own site, the apprenticeship service, a garage."""

import datetime as dt

from accounts.models import Learner
from applications import actions
from core import clock
from prospectus.models import CourseRun
from providers.models import Cycle, Phase


def go_other_ways(*, day: dt.date) -> None:
    """Ben has looked at two courses that are applied for elsewhere and said how one stands; Amina has an offer that
    nobody has confirmed yet."""
    ben, amina = (Learner.objects.filter(given_name=name, user__isnull=False).first() for name in ("Ben", "Amina"))
    with clock.at(day - dt.timedelta(days=6)):
        if ben is not None:
            runs = CourseRun.objects.on_offer().to_come().exclude(apply_url="").filter(takes_applications=False)
            for state, run in zip(("applied", ""), runs.order_by("pk")[:2], strict=False):
                route = actions.go_own_route(learner=ben, run=run, by=ben.user)
                if route is not None and state:
                    actions.say_own_route(route=route, state=state, by=ben.user)
        cycle = Cycle.objects.running().post_16().filter(area=amina.area_id).first() if amina else None
        if amina is not None and cycle is not None:
            actions.say_outside_offer(
                learner=amina,
                cycle=cycle,
                provider_name="Quayside Garage",
                course_name="Apprentice in the office",
                by=amina.user,
            )


def add_younger_cycle(area: object, *, entry_year: int) -> None:
    """Year 9 chooses its days at a college in the spring."""
    Cycle.objects.create(
        area=area,
        entry_year=entry_year,
        phase=Phase.PRE_16,
        first_year_group=9,
        last_year_group=9,
        opens_on=dt.date(entry_year, 1, 4),
        closes_on=dt.date(entry_year, 3, 26),
        ends_on=dt.date(entry_year, 9, 30),
        choice_limit=2,
        has_endorsement=True,
    )
