"""A token for a college's own system, made by one of its managers, printed once on the last line."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from applications import actions
from applications.models import ApiScope
from core import clock
from core.errors import NotAllowed, RuleBroken
from providers.actions import open_sandbox
from providers.models import Organisation, RoleKind


class Command(BaseCommand):
    help = "Make a token for a provider's own system, or with --practice for its sandbox, and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", required=True, metavar="UKPRN")
        parser.add_argument("--name", required=True, help="Which system it is for.")
        parser.add_argument(
            "--by", metavar="USERNAME", help="The manager who makes it. Left out: the provider's first."
        )
        parser.add_argument("--days", type=int, default=30, help="How long it works.")
        parser.add_argument("--reads-only", action="store_true")
        parser.add_argument(
            "--practice", action="store_true", help="For the sandbox, which is made where there is none."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        provider = Organisation.objects.filter(ukprn=options["provider"]).first()
        if provider is None:
            raise CommandError(f"No provider has the UKPRN {options['provider']}.")
        by = _manager(provider, options["by"])
        try:
            if options["practice"]:
                provider, _is_new = open_sandbox(provider=provider, by=by)
            _token, secret = actions.make_token(
                provider=provider,
                name=options["name"],
                scope=ApiScope.READ if options["reads_only"] else ApiScope.ANSWER,
                expires_on=clock.today() + dt.timedelta(days=options["days"]),
                by=by,
            )
        except NotAllowed:
            raise CommandError(f"{by.username} does not manage {provider.name}.") from None
        except RuleBroken as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(secret)


def _manager(provider: Organisation, username: str | None) -> User:
    if username:
        found = User.objects.filter(username=username).first()
    else:
        roles = provider.staff_roles.current().filter(kind=RoleKind.MANAGER)
        found = User.objects.filter(pk__in=roles.values("user")).order_by("pk").first()
    if found is None:
        raise CommandError("There is nobody who could make it. Name a manager with --by.")
    return found
