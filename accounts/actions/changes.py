"""Telling somebody that how they sign in has changed: whoever did not do it themselves must hear of it."""

from accounts.models import User
from activity.actions import post
from activity.models import Event


def tell_of_change(person: User, what: str, event: Event) -> None:
    """The person hears of it by e-mail, where there is an address. ``what`` is a key of ``tasks.CHANGES``."""
    if person.email:
        post("sign-in-changed", key=f"sign-in-changed:{event.pk}", user_id=person.pk, what=what, event_id=event.pk)
