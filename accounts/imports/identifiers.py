"""The numbers schools know learners by: their shape and their check letters.

Source: the Department for Education's guides to unique pupil numbers and unique learner numbers.
"""

import re

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_SHAPE = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]")
NO_ULN_YET = "9999999999"


def read_upn(text: str) -> str:
    """The UPN without spaces, dashes and lower case. It may still be no UPN at all."""
    return re.sub(r"[\s\-_./]+", "", text).upper()


def is_upn(text: str) -> bool:
    """Whether the text has the shape of a UPN, permanent or temporary."""
    return UPN_SHAPE.fullmatch(text) is not None


def upn_check_letter(upn: str) -> str:
    """The first letter this UPN ought to have. The letter that ends a temporary one counts as its place."""
    digits = [int(sign) if sign.isdigit() else UPN_LETTERS.index(sign) for sign in upn[1:]]
    return UPN_LETTERS[sum(weight * digit for weight, digit in enumerate(digits, 2)) % len(UPN_LETTERS)]


def upn_authority(upn: str) -> str:
    """The code of the authority that issued it, current or closed."""
    return upn[1:4]


def is_uln(text: str) -> bool:
    """Whether the text has ten digits and does not begin with 0."""
    return re.fullmatch(r"[1-9]\d{9}", text) is not None


def has_uln_check(uln: str) -> bool:
    """Whether the last digit of a ULN agrees with the first nine."""
    rest = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), uln, strict=False)) % 11
    return rest != 0 and 10 - rest == int(uln[9])
