"""The three ways an action says no. Views turn them into pages; nothing else does."""

from django.core.exceptions import PermissionDenied, ValidationError


class NotAllowed(PermissionDenied):
    """This person may not do this. A page answers 403."""


class StaleState(Exception):
    """The thing has moved on since the page was opened. A page answers 409 and says so kindly.

    ``back_url`` is where one sees how it stands now; without it the page one came from is offered.
    """

    def __init__(self, message: object = "", *, back_url: str = "") -> None:
        super().__init__(message)
        self.back_url = back_url


class RuleBroken(ValidationError):
    """A rule of the process says no. The form shows the sentence; ``code`` is stable for tests and programs."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code)


class TooManyTries(Exception):
    """Somebody has tried too often. A page answers 429 and says when to try again (``wait_minutes``)."""

    def __init__(self, message: str, *, wait_minutes: int) -> None:
        super().__init__(message)
        self.wait_minutes = wait_minutes
