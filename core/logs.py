"""How log lines are written."""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import Error


class LineFormatter(logging.Formatter):
    """A line as usual, but without the rows that PostgreSQL quotes under its errors: they are people's records."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            # The first line says what was broken; "DETAIL: Failing row contains (...)" and the like come after it.
            if isinstance(error, Error):
                text = text.replace(str(error), str(error).partition("\n")[0])
        return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
