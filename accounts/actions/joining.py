"""Somebody who was invited becomes staff, with a new account or with the one they have."""

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.unlocking import username_taken
from accounts.models import Learner, User
from core.errors import RuleBroken
from providers.actions import accept_invitation
from providers.models import Invitation, StaffRole


def join_as_new(*, invitation: Invitation, token_hash: str, name: str, username: str, password: str) -> User:
    """A new account has the role of the invitation, and the address it was sent to.

    Raises: StaleState (the link is used up, replaced or too old), RuleBroken ``username_taken``, ValidationError of
    the password rules.
    """
    username = username.strip().lower()
    email = invitation.email  # forgotten by the row once it is accepted
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise username_taken()
            user = User(username=username, name=name.strip(), email=email)
            validate_password(password, user)
            user.set_password(password)
            user.save()
            accept_invitation(invitation=invitation, token_hash=token_hash, by=user)
    except IntegrityError as error:
        # Somebody took the name between the check and the save.
        raise username_taken() from error
    return user


@transaction.atomic
def join_as(*, invitation: Invitation, token_hash: str, by: User) -> StaffRole:
    """The person has the role of the invitation beside those they have, and its address where they had none.

    Raises: StaleState (as above), RuleBroken ``learner_account``: what a school knows of a child and what a college
    lets its staff see are never in one account.
    """
    if Learner.objects.filter(user=by).exists():
        raise RuleBroken(
            _("You are signed in as a learner. Sign out, open the link again and make an account for your work."),
            code="learner_account",
        )
    email = invitation.email
    role = accept_invitation(invitation=invitation, token_hash=token_hash, by=by)
    if not by.email:
        by.email = email
        by.save(update_fields=["email"])
    return role
