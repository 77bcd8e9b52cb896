"""Unlock codes: how they are made, typed and kept."""

import datetime as dt
import hashlib
import hmac
import itertools
import re
import secrets
import unicodedata
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Learner, LetterRun, UnlockCode
from core import clock
from core.errors import RuleBroken
from core.references import ALPHABET

RANDOM_LETTERS = 11  # of 23 possible ones each: just under 50 bits
GROUP = 4
LENGTH = RANDOM_LETTERS + 1
NEVER_USED = "0 O 1 I L 2 Z 5 S 8 B U V"

# What somebody may have seen who types a letter that no code has: the letters of codes that look like it, in print or
# in handwriting.
LOOKS_LIKE = {
    "0": "DQC6", "O": "DQCG", "1": "7TJ", "I": "TJ7", "L": "CE", "2": "7Q", "Z": "7T", "5": "6G3", "S": "G93",
    "8": "369R", "B": "RPED3", "U": "WYJH", "V": "YWN",
}  # fmt: skip
MOST_GUESSED = 2  # letters of one code that are read by what they look like
# The letters of other alphabets' keyboards that look the same as ours.
SAME_SHAPE = str.maketrans("АСЕНКМРТХУΑΕΗΚΜΝΡΤΧΥ", "ACEHKMPTXYAEHKMNPTXY")


def new_code() -> str:
    """Twelve letters and digits: eleven random ones and a check letter."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LETTERS))
    return body + check_letter(body)


def check_letter(body: str) -> str:
    """The letter that makes one wrong or two swapped letters noticed.

    The alphabet has a prime number of letters, so weights 1 to 11 catch every single slip and every swap.
    """
    return ALPHABET[sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, 1)) % len(ALPHABET)]


def in_groups(code: str) -> str:
    """As the letter shows it: ACDE-FGHJ-KMNP."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str:
    """The code somebody meant by what they typed: any case, spaces and dashes are allowed.

    A letter that no code has is read as the one it looks like, where the check letter leaves only one reading.
    Raises: RuleBroken ``code_unused_letter``, ``code_length``, ``code_mistyped`` (a slip, not a guess).
    """
    code = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", typed)).upper().translate(SAME_SHAPE)
    if len(code) != LENGTH:
        words = gettext("The code must have %(length)s letters and numbers. You typed %(typed)s.")
        raise RuleBroken(words % {"length": LENGTH, "typed": len(code)}, code="code_length")
    if not set(code) <= set(ALPHABET):
        if (likely := _read_by_looks(code)) is not None:
            return likely
        wrong = next(letter for letter in code if letter not in ALPHABET)
        words = gettext(
            "Codes never have %(wrong)s in them. Look at that letter again: these are never used: %(never_used)s."
        )
        raise RuleBroken(words % {"wrong": wrong, "never_used": NEVER_USED}, code="code_unused_letter")
    if check_letter(code[:-1]) != code[-1]:
        raise RuleBroken(
            gettext("One or more letters of the code are wrong. Check each one with your letter."), code="code_mistyped"
        )
    return code


def _read_by_looks(code: str) -> str | None:
    """The one code that looks like this, or None where there is none or more than one."""
    if sum(letter not in ALPHABET for letter in code) > MOST_GUESSED:
        return None
    choices = (letter if letter in ALPHABET else LOOKS_LIKE.get(letter, "") for letter in code)
    readings = ("".join(letters) for letters in itertools.product(*choices))
    likely = [reading for reading in readings if check_letter(reading[:-1]) == reading[-1]]
    return likely[0] if len(likely) == 1 else None


def code_hash(code: str) -> str:
    """What is stored instead of the code."""
    return hmac.new(settings.UNLOCK_CODE_KEY.encode(), code.encode(), hashlib.sha256).hexdigest()


def address_hash(address: str) -> str:
    """What is stored instead of a network address."""
    return keyed_hash("address", address)


def keyed_hash(what: str, text: str) -> str:
    """What is stored to count with instead of the text itself."""
    return hmac.new(settings.UNLOCK_CODE_KEY.encode(), f"{what} {text}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def issue_codes(*, codes: dict[int, str], letter_run: LetterRun | None, expires_on: dt.date | None = None) -> int:
    """Each of these learners (by key) who has not unlocked yet has this code as their only open one; earlier ones end.

    They work until the end of ``expires_on``; without one as long as letters do. The answer is how many were stored.
    """
    waiting = _locked_learners(codes)
    now = clock.now()
    UnlockCode.objects.unused().filter(learner__in=waiting).update(ended_at=now)
    expires_on = expires_on or clock.today() + UnlockCode.GOOD_FOR
    UnlockCode.objects.bulk_create(
        UnlockCode(
            learner_id=pk, letter_run=letter_run, code_hash=code_hash(codes[pk]), issued_at=now, expires_on=expires_on
        )
        for pk in waiting
    )
    return len(waiting)


def _locked_learners(keys: Iterable[int]) -> list[int]:
    """The keys of those who have not unlocked yet. Learners in key order are the lock, here as in unlocking."""
    learners = Learner.objects.filter(pk__in=list(keys), user=None).order_by("pk")
    return list(learners.select_for_update(no_key=True).values_list("pk", flat=True))
