"""What somebody likes, kept on their account. No history: how pages look is nobody else's business."""

from collections.abc import Mapping

from accounts.models import User


def keep_display(*, by: User, choices: Mapping[str, str]) -> None:
    """Pages look this way for them on every device. The choices were checked by ``core.display``."""
    User.objects.filter(pk=by.pk).update(display=dict(choices))
    by.display = dict(choices)


def keep_language(*, by: User, code: str) -> None:
    """Pages and e-mails are in this language for them, where it is spoken. Checked by ``core.languages``."""
    User.objects.filter(pk=by.pk).update(language=code)
    by.language = code
