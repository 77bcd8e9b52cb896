"""Who can sign in to the demonstration. These accounts are made by the seed, which only a demonstration may run."""

from typing import Any, NamedTuple

from django.conf import settings

PASSWORD = "northmoor-demo"  # noqa: S105 - printed on the demonstration's sign-in page


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
    SignIn("editor", "Rosa Lund", "Course editor, Northfield College", "Uploading the college's courses"),
    SignIn("admissions", "Joan Farrow", "Admissions, Northfield College", "Applications to answer"),
    SignIn("sixthform", "Peter Oake", "Manager, Southbank Sixth Form", "Applications and courses"),
    SignIn("officer", "Grace Adeyemi", "Authority officer, Northmoor", "The September Guarantee, live"),
    SignIn("help_desk", "Imran Sadiq", "Area coordinator, Northmoor", "Search words, wishes and fresh courses"),
]


def sign_in_help(request: Any, thing: Any) -> dict[str, Any] | None:
    """What the sign-in page of a demonstration shows; nothing anywhere else."""
    return {"sign_ins": SIGN_INS, "password": PASSWORD} if settings.DEMO else None
