"""What providers have said about the columns of their spreadsheets."""

from typing import Any

from prospectus.models import ColumnAnswer


def answers_of(provider: Any) -> dict[str, str]:
    """{heading, squeezed: key of the heading it means, or "" for nothing of ours}."""
    return dict(ColumnAnswer.objects.filter(provider=provider).values_list("heading", "key"))
