"""What carrying a file out came to, for the people who handed it over."""

from collections.abc import Iterator

from prospectus.actions.courses import Published
from prospectus.imports.findings import WARNING, Findings
from providers.uploads import RowIssue, UploadResult

FEW = 20  # ended courses and runs that are nothing to remark on


def result_of(published: Published, findings: Findings, *, courses: int, runs: int) -> UploadResult:
    """The counts, and every issue: the gravest first, then by place."""
    counts = {
        "courses": courses,
        "runs": runs,
        "added": published.added,
        "changed": published.changed,
        "ended": published.ended,
        "unchanged": published.unchanged,
    }
    return UploadResult(counts=counts, issues=[*_much_gone(published), *findings.issues(), *published.issues])


def _much_gone(published: Published) -> Iterator[RowIssue]:
    """A word about a file that took most of the catalogue out: a part of it was handed over for the whole, perhaps."""
    before = published.ended + published.changed + published.unchanged
    if published.ended < FEW or published.ended * 2 <= before:
        return
    message = (
        f"{published.ended:,} of {before:,} courses and course runs were not in this file, so they were taken out of "
        "the prospectus. If the file is only a part of your catalogue, hand over the whole: they all come back."
    )
    yield RowIssue(0, "", "", code="FILE_ENDS_MOST", severity=WARNING, message=message)
