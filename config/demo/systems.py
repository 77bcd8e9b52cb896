"""The colleges' own systems in the invented town: a token each, and a sandbox in which programmers practise. One of them
is told of changes: the demonstration itself answers for it (``config.demo.views``).

No token is known to anybody: the page shows how each begins. ``./portal manage make_token`` prints a new one.
"""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from applications import actions as apply
from core import clock
from providers.actions import open_sandbox
from providers.models import Organisation

WITH_A_SYSTEM = ("Northfield College", "Southbank Sixth Form")
TOLD = "Southbank Sixth Form"  # its manager can sign in and see what became of each delivery
WORKS_FOR = dt.timedelta(days=300)
PRACTICE = {"sent": 3, "interviewing": 1, "offered": 2, "accepted": 1}  # made-up applications by state


def connect_systems(people: dict[str, User], *, day: dt.date) -> None:
    """Each of these colleges has a token of its own, and a sandbox with a token and a few made-up applications."""
    with clock.at(day):
        for name in WITH_A_SYSTEM:
            provider, by = Organisation.objects.get(name=name), people[name]
            until_on = clock.today() + WORKS_FOR
            apply.make_token(provider=provider, name="Student records", scope="read", expires_on=until_on, by=by)
            if name == TOLD and settings.OUTGOING_PRIVATE_NETWORKS:  # where a demonstration can reach itself
                apply.add_webhook(provider=provider, address=settings.PORTAL_ADDRESS + reverse("demo-receiver"), by=by)
            sandbox, _is_new = open_sandbox(provider=provider, by=by)
            token, _secret = apply.make_token(
                provider=sandbox, name="Student records, being built", scope="answer", expires_on=until_on, by=by
            )
            for state, number in PRACTICE.items():
                apply.make_practice_choices(sandbox=sandbox, state=state, number=number, by=token.role.user)
