"""What a list on paper was found to say is kept. Nothing of it reaches a course."""

from collections.abc import Iterable
from itertools import islice

from django.db import transaction

from prospectus.models import PaperLine
from prospectus.queries.paper import Held
from providers.models import Upload

BATCH = 1_000


@transaction.atomic
def keep_paper_lines(*, upload: Upload, held: Iterable[Held]) -> dict[str, int]:
    """Every line is a row of the upload, in the order it came; returns how many there are of each verdict."""
    counts: dict[str, int] = {}
    rows = (
        PaperLine(
            upload=upload,
            position=position,
            row=one.row,
            verdict=one.verdict,
            course_id=one.course,
            title=one.title[:300],
            pairs=[[what, paper[:300], here[:300], differs] for what, paper, here, differs in one.pairs],
        )
        for position, one in enumerate(held, start=1)
    )
    while batch := list(islice(rows, BATCH)):
        PaperLine.objects.bulk_create(batch)
        for row in batch:
            counts[row.verdict] = counts.get(row.verdict, 0) + 1
    return counts
