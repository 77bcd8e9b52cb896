"""Feeds for tests, small and our own."""

from pathlib import Path

from providers.actions import read_now
from providers.models import UploadIssue

SAMPLES = Path(__file__).parent / "samples"
NORTHFIELD = SAMPLES / "northfield_1_2.xml"
SOUTHBANK = SAMPLES / "southbank_1_1.xml"
HEAD = (
    '<catalog xmlns="http://xcri.org/profiles/1.2/catalog" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:mlo="http://purl.org/net/mlo" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><provider><dc:title>Northfield College</dc:title>'
)
TAIL = "</provider></catalog>"


def catalogue(*courses):
    """A 1.2 catalogue of these course elements, one a line, the first on line 2."""
    return "\n".join((HEAD, *courses, TAIL))


def course(identifier="C1", title="Plumbing", inside="", presentations=("R1",)):
    runs = "".join(f"<presentation><dc:identifier>{name}</dc:identifier></presentation>" for name in presentations)
    name = f"<dc:identifier>{identifier}</dc:identifier>" if identifier else ""
    return f"<course>{name}<dc:title>{title}</dc:title>{inside}{runs}</course>"


def run(inside, identifier="R1"):
    return f"<presentation><dc:identifier>{identifier}</dc:identifier>{inside}</presentation>"


def take_in(provider, folder, text):
    """The upload of this text, given as a file by this provider."""
    path = folder / "feed.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_now(kind="courses", organisation=provider, path=path)


def issues_of(upload):
    return [(issue.row, issue.column, issue.code, issue.severity) for issue in upload.issues.all()]


def changes(upload):
    return tuple(upload.counts[name] for name in ("added", "changed", "ended", "unchanged"))


def message_of(upload, code):
    return UploadIssue.objects.get(upload=upload, code=code).message
