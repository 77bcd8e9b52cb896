from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.actions.changes import tell_of_change
from accounts.models import Session, User
from activity.actions import record


@transaction.atomic
def change_password(*, new: str, session_key: str, by: User) -> User:
    """The person signs in with the new one from now on, and is signed out everywhere but here (``session_key``).

    Raises: ValidationError of the password rules. Tells: the person.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    validate_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).exclude(session_key=session_key).delete()
    event = record("password.change", subject=user, by=user)
    tell_of_change(user, "password-changed", event)
    return user


@transaction.atomic
def end_sessions(*, reference: str | None, session_key: str, by: User) -> int:
    """The person is no longer signed in there; without a reference, nowhere but here. Returns how many ended."""
    others = Session.objects.visible_to(by).exclude(session_key=session_key)
    keys = [row.session_key for row in others if reference is None or row.reference == reference]
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    record("session.end", subject=by, by=by, ended=ended)
    return ended
