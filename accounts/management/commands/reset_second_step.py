from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.models import User
from providers.queries import roles_today


class Command(BaseCommand):
    help = (
        "Takes away the second step of somebody on the staff whom nobody in the portal can help: an area's only help "
        "desk. They sign in with their password and set up a new one. History keeps it, and they are told by e-mail."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", help="the name they sign in with")
        parser.add_argument(
            "--checked",
            required=True,
            choices=["in_person", "called_back", "video"],
            help="how you made sure who asks: they stood before you; you called them back on a number that was on "
            "record before; you saw them by video with an identity card",
        )

    def handle(self, *args: Any, username: str, checked: str, **options: Any) -> None:
        person = User.objects.filter(username__iexact=username, is_active=True).first()
        if person is None or not roles_today(person):
            raise CommandError("Nobody on the staff signs in with this name.")
        actions.reset_factors(person=person, checked=checked, by=None)
        self.stdout.write("Done. They are signed out everywhere and set up a new second step at their next sign-in.")
