"""The portal's own return on its way out: drawn, held against the rules, and written, in one go."""

from collections.abc import Callable, Iterator
from contextlib import closing

from reporting.returns.checking import Checker, Finding
from reporting.returns.codes import codes_of, known_authorities
from reporting.returns.drawing import ID_DIGITS, Asked, learners_of, people_of
from reporting.returns.record import YoungPerson
from reporting.returns.rules import Against
from reporting.returns.writing import WRITERS, Out

Found = Callable[[int, Finding], None]


def send_out(
    asked: Asked,
    *,
    form: str,
    out: Out,
    found: Found,
    progress: Callable[..., None],
    seen: Callable[[int], None] = lambda _key: None,
) -> int:
    """The whole file is in ``out``; ``found(learner's key, finding)`` was told of all that the rules find, and ``seen``
    of everybody in it. Returns how many they are. Asked twice of the same rows on one day it is the same file."""
    codes = codes_of(asked.period_end, authorities=known_authorities())
    of = learners_of(asked).count()
    number = 0

    def checked() -> Iterator[YoungPerson]:
        nonlocal number
        for key, it in people_of(asked, codes):
            seen(key)
            for finding in checker.findings(it):
                found(int(finding.record[-ID_DIGITS:]), finding)
            number += 1
            progress(done=number, of=of, doing="Writing the return")
            yield it

    with closing(Checker(Against(asked.header, codes, asked.period_end))) as checker:
        WRITERS[form](out, asked.header, checked())
    return number
