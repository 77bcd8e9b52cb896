"""Who can sign in to the demonstration. These accounts are made by the seed, which only a demonstration may run."""

from typing import Any, NamedTuple

from allauth.mfa.totp.internal import auth as totp
from django.conf import settings

from core.sealing import seal

PASSWORD = "northmoor-demo"  # noqa: S105 - printed on the demonstration's sign-in page
KEY = "NORTHMOORDEMO234NORTHMOORDEMO234"  # of the app that every invented member of staff has; its codes are shown


class SignIn(NamedTuple):
    username: str
    name: str
    role: str  # in words, for the page
    shows: str  # what to look at


SIGN_INS = [
    SignIn("amina", "Amina Yusuf", "Learner, Year 11", "An application with an offer to answer"),
    SignIn("ben", "Ben Okafor", "Learner, Year 11", "An application that is only begun"),
    SignIn(
        "coordinator", "Helen Marsh", "School coordinator, Hollins Park School", "The roll, unlock letters, uploads"
    ),
    SignIn("adviser", "Dev Patel", "Personal adviser, Northmoor schools", "Who needs me today"),
    SignIn("service", "Nadia Khalil", "Manager, Northmoor Advice Service", "Whose caseload is whose"),
    SignIn("editor", "Rosa Lund", "Course editor, Northfield College", "Uploading the college's courses"),
    SignIn("admissions", "Joan Farrow", "Admissions, Northfield College", "Applications to answer"),
    SignIn("sixthform", "Peter Oake", "Manager, Southbank Sixth Form", "Applications and courses"),
    SignIn("officer", "Grace Adeyemi", "Authority officer, Northmoor", "The September Guarantee, live"),
    SignIn("help_desk", "Imran Sadiq", "Area coordinator, Northmoor", "Search words, wishes and fresh courses"),
]


def sign_in_help(request: Any, thing: Any) -> dict[str, Any] | None:
    """What the sign-in page of a demonstration shows; nothing anywhere else."""
    return {"sign_ins": SIGN_INS, "password": PASSWORD} if settings.DEMO else None


def give_app(person: Any) -> None:
    """The invented person has an app with the key that everybody knows."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": seal(KEY), "name": "Demonstration"}
    )


def second_step_help(request: Any, person: Any) -> dict[str, Any] | None:
    """What an invented person's app shows now; nothing anywhere else, and for nobody else."""
    if not settings.DEMO or person.username not in {sign_in.username for sign_in in SIGN_INS}:
        return None
    step = list(totp.yield_hotp_counters_from_time())[1]
    return {"code": totp.format_hotp_value(totp.hotp_value(KEY, step))}
