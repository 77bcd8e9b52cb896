"""Short secrets that must be kept and read again, such as another system's key: sealed with the portal's own key."""

import base64
import hashlib
from typing import Any, NamedTuple

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models, transaction

AT_ONCE = 200  # rows sealed anew in one transaction


class Place(NamedTuple):
    """Where sealed texts stand: a column, or these keys of a column of JSON. ``parent`` names the foreign key to the
    row that whoever writes there locks first."""

    rows: models.QuerySet
    column: str
    keys: tuple[str, ...]
    parent: str


class Resealed(NamedTuple):
    """What became of the sealed texts of one place."""

    anew: int
    current: int
    lost: int  # sealed with a key that is gone


PLACES: dict[str, Place] = {}


class SealBroken(Exception):
    """It was sealed with a key this portal does not have, or was changed since."""


def seal(text: str) -> str:
    """The text as it may be stored. A copy of the database alone does not give it away."""
    return _sealer().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text that was sealed, with the present secret key or one of the older ones. Raises: SealBroken."""
    try:
        return _sealer().decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeError):
        raise SealBroken from None


def register(name: str, rows: models.QuerySet, *, column: str, keys: tuple[str, ...] = (), parent: str = "") -> None:
    """From now on what is sealed there is sealed anew when the secret key changes."""
    PLACES[name] = Place(rows, column, keys, parent)


def reseal() -> dict[str, Resealed]:
    """Everything that is sealed with an older key is sealed with the present one. Safe to run again and to kill: some
    rows at a time, and what is current stays as it is."""
    return {name: _reseal(place) for name, place in PLACES.items()}


def _reseal(place: Place) -> Resealed:
    counts, after = Resealed(0, 0, 0), 0
    while keys := list(place.rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            rows = place.rows.filter(pk__in=keys)
            if place.parent:
                parents: Any = place.rows.model._meta.get_field(place.parent).related_model
                held = parents._default_manager.select_for_update(no_key=True).order_by("pk")
                list(held.filter(pk__in=rows.values(place.parent)).values_list("pk"))
            for row in rows.select_for_update(no_key=True).order_by("pk"):
                found = _reseal_row(row, place)
                counts = Resealed(*(one + other for one, other in zip(counts, found, strict=True)))
        after = keys[-1]
    return counts


def _reseal_row(row: models.Model, place: Place) -> Resealed:
    value: Any = getattr(row, place.column)
    texts = {key: value[key] for key in place.keys if value.get(key)} if place.keys else {"": value} if value else {}
    anew, lost = {}, 0
    for key, sealed in texts.items():
        try:
            _sealer(only_present=True).decrypt(sealed.encode("ascii"))
        except (InvalidToken, UnicodeError):
            try:
                anew[key] = seal(unseal(sealed))
            except SealBroken:
                lost += 1
    if anew:
        setattr(row, place.column, value | anew if place.keys else anew[""])
        row.save(update_fields=[place.column])
    return Resealed(len(anew), len(texts) - len(anew) - lost, lost)


def _sealer(*, only_present: bool = False) -> MultiFernet:
    older = () if only_present else settings.SECRET_KEY_FALLBACKS
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *older)]
    # A key of its own, so that what is signed elsewhere with the secret key can never pass for something sealed.
    keys = (hashlib.sha256(b"portal.sealing:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
