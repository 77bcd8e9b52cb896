"""Public references: what stands in addresses and letters instead of a database key."""

import secrets
from typing import Any

from django.db import models

# Nothing that looks like something else in print or handwriting: no 0 O 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
LENGTH = 10


def new_reference() -> str:
    """Ten random characters (45 bits): hard to guess, easy to read out."""
    number, letters = secrets.randbelow(len(ALPHABET) ** LENGTH), []
    for _ in range(LENGTH):
        number, at = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[at])
    return "".join(letters)


class ReferenceField(models.CharField):
    """A unique public reference, made once and never changed."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"max_length": 12, "unique": True, "default": new_reference, "editable": False} | kwargs)  # type: ignore[arg-type]

    def get_prep_value(self, value: Any) -> Any:
        """What is asked of the database. No reference has a zero character, which PostgreSQL would not even compare."""
        value = super().get_prep_value(value)
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value
