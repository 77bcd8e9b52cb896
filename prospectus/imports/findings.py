"""What an import could not use, or used with a doubt: single findings by line, and equal ones counted together."""

import re
from collections.abc import Callable, Iterator

from providers.uploads import RowIssue

ERROR, WARNING, NOTICE = "error", "warning", "notice"
MOST_ISSUES = 10_000
COUNTED = re.compile(r"\{n (\w+)s\}")


class Findings:
    """Collects issues of one file. Memory stays bounded: what goes beyond ``MOST_ISSUES`` is counted, not kept."""

    def __init__(self) -> None:
        self._single: list[RowIssue] = []
        self._beyond = 0
        self._counted: dict[tuple[str, str, str, str, str], list[int]] = {}

    def add(self, row: int, column: str, value: str, *, code: str, severity: str, message: str) -> None:
        """One thing about one place."""
        if len(self._single) >= MOST_ISSUES:
            self._beyond += 1
            return
        self._single.append(RowIssue(row, column, value[:200], code, severity, message))

    def count(self, row: int, column: str, value: str, *, code: str, severity: str, message: str) -> None:
        """One more of something said once for the whole file, with its number and first line.

        ``message`` is a sentence about all of them; "{n courses}" in it becomes "1 course" or "12 courses".
        """
        key = (column, value[:200], code, severity, message)
        if key not in self._counted and len(self._counted) >= MOST_ISSUES:
            self._beyond += 1
            return
        self._counted.setdefault(key, [row, 0])[1] += 1

    def issues(self) -> Iterator[RowIssue]:
        """Everything found: first what is about single places, then what was counted."""
        yield from self._single
        for (column, value, code, severity, message), (row, times) in self._counted.items():
            yield RowIssue(row, column, value, code, severity, COUNTED.sub(_number(times), message))
        if self._beyond:
            message = f"{self._beyond:,} more things were found than can be listed. Correct the ones above first."
            yield RowIssue(0, "", "", code="FILE_ISSUES_TOO_MANY", severity=WARNING, message=message)


def _number(times: int) -> Callable[[re.Match], str]:
    return lambda match: f"{times:,} {match[1]}" + ("" if times == 1 else "s")
