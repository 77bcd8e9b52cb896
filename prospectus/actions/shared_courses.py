"""What a file says of courses taught together, held against who teaches together today: parts, and places of dates."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from core.bulk import copy_rows
from prospectus.actions.merging import Merge
from prospectus.actions.parts import MOST_PARTS
from prospectus.models import Consortium, CoursePart
from prospectus.part_words import PartWords
from prospectus.queries.teaching import Teaching
from providers.models import IssueSeverity, Organisation
from providers.uploads import RowIssue

LONGEST: dict[str, int] = {name: cast("Any", CoursePart._meta.get_field(name)).max_length for name in ("name", "days")}
UNCHANGED = "The parts of the course stay as they are."
# Each staged course ``s`` with the one held ``c``, and the group ``h`` that teaches that one.
STAGED = """staged_course s
    LEFT JOIN prospectus_course c ON c.provider_id = %(provider)s AND c.provider_reference = s.provider_reference
    LEFT JOIN prospectus_consortium h ON h.id = c.consortium_id AND h.ended_on IS NULL"""


class NotPlaced(Exception):
    """The parts of one course cannot be as the file says: a stable code, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


def keep_consortia(merge: Merge, provider: Organisation) -> list[RowIssue]:
    """Every consortium that a staged course names is one that the provider leads now. One that has ended does not begin
    again by a file: such a course is taught by whom it is here."""
    refused = merge.execute(
        f"""WITH ended AS (
            SELECT s.position, s.consortium, coalesce(h.name, '') AS held FROM {STAGED}
            JOIN prospectus_consortium k
                ON k.lead_id = %(provider)s AND k.name = s.consortium AND k.ended_on IS NOT NULL
        )
        UPDATE staged_course s SET consortium = ended.held FROM ended WHERE s.position = ended.position
        RETURNING s.line, ended.consortium, s.title"""
    )
    for (name,) in merge.execute("SELECT DISTINCT consortium FROM staged_course WHERE consortium <> ''"):
        Consortium.objects.get_or_create(lead=provider, name=name)
    return [
        RowIssue(
            line, merge.called.consortium, name, "COURSE_CONSORTIUM_ENDED", IssueSeverity.WARNING,
            f"“{title[:60]}”: the partners of this name no longer teach together, so who teaches the course stays as "
            "it is. Name partners who do, or leave it empty.",
        )
        for line, name, title in sorted(refused)
    ]  # fmt: skip


def refuse_places(merge: Merge) -> list[RowIssue]:
    """A date is at a partner's site only where that partner teaches the course too. Another is not used, and one that
    is here stays as it is."""
    if not merge.execute(
        """SELECT FROM staged_site p JOIN providers_site t ON t.id = p.site_id WHERE t.organisation_id <> %(provider)s
        LIMIT 1"""
    ):
        return []
    refused = merge.execute(
        f"""WITH gone AS (
            DELETE FROM staged_run r USING staged_site p, providers_site t, providers_organisation o, (
                SELECT s.provider_reference, {merge.group} AS name FROM {STAGED}
            ) AS shared
            WHERE p.place = r.place AND t.id = p.site_id AND o.id = t.organisation_id AND o.id <> %(provider)s
                AND shared.provider_reference = r.course_reference
                AND NOT EXISTS (
                    SELECT FROM prospectus_consortium k
                    JOIN prospectus_consortiumpartner m ON m.consortium_id = k.id
                    WHERE k.lead_id = %(provider)s AND k.name = shared.name AND k.ended_on IS NULL
                        AND m.provider_id = o.id AND m.ended_on IS NULL AND m.joined_on <= %(today)s
                        AND (o.ended_on IS NULL OR o.ended_on >= %(today)s)
                )
            RETURNING r.line, r.course_reference, r.provider_reference, t.name AS site, o.name AS partner
        ), spared AS (
            INSERT INTO staged_spared SELECT course_reference, provider_reference FROM gone
        )
        SELECT line, site, partner FROM gone ORDER BY line"""
    )
    return [
        RowIssue(
            line, merge.called.site, site, "RUN_SITE_NOT_SHARED", IssueSeverity.ERROR,
            f"This is a site of {partner}, who does not teach this course with you, so the date is not used. Name one "
            "of your own sites, or the partners who teach the course.",
        )
        for line, site, partner in refused
    ]  # fmt: skip


def stage_parts(merge: Merge, provider: Organisation) -> list[RowIssue]:
    """The parts that the file says are staged, and those of a course that cannot be so stay as they are.

    Where the file says what is here already, in the words it would be told in, nothing is staged either.
    """
    if not merge.says_parts:
        return []
    issues, unsaid, rows = [], [], []
    teaching = Teaching(provider)
    for position, line, code, title, group, held in merge.execute(
        f"""SELECT s.position, s.line, s.provider_reference, s.title, {merge.group}, coalesce(h.name, '')
        FROM {STAGED} WHERE s.says_parts ORDER BY s.position"""
    ):
        parts = merge.said_parts.get(position, ())
        if (not group and not parts) or (group == held and _are_held(teaching.held_of(code), parts)):
            unsaid.append(position)
            continue
        try:
            placed = _placed(teaching, group, parts)
        except NotPlaced as refused:
            unsaid.append(position)
            message = f"“{title[:60]}”: {refused.sentence} {UNCHANGED}"
            names = "; ".join(part.name for part in parts)[:200]
            issues.append(RowIssue(line, merge.called.parts, names, refused.code, IssueSeverity.WARNING, message))
        else:
            rows += [(position, *part) for part in placed]
    copy_rows("staged_part", rows)
    merge.execute("ANALYZE staged_part")
    merge.forget_parts(unsaid)
    return issues


def _are_held(told: Iterable[Sequence[PartWords]], parts: Sequence[PartWords]) -> bool:
    said = [part.said for part in parts]
    return any(said == [part.said for part in held] for held in told)


def _placed(teaching: Teaching, group: str, parts: Sequence[PartWords]) -> list[tuple[int, str, int, int | None, str]]:
    """The rows of the parts. Raises: NotPlaced, as ``set_parts`` refuses."""
    if parts and not group:
        raise NotPlaced("COURSE_PARTS_TAUGHT_ALONE", "It is taught alone, without parts. Name who teaches it with you.")
    if len(parts) > MOST_PARTS:
        raise NotPlaced("COURSE_PARTS_TOO_MANY", f"Give at most {MOST_PARTS} parts.")
    rows = []
    for position, part in enumerate(parts, start=1):
        _require_words(part)
        teacher = teaching.teacher(group, part)
        if teacher is None:
            raise NotPlaced(
                "COURSE_PARTS_NOT_A_PARTNER",
                f"{(part.provider or part.ukprn)[:80]} is not a partner, or has not said yes.",
            )
        site = teaching.site(teacher, part.site) if part.site else None
        if part.site and site is None:
            raise NotPlaced("COURSE_PARTS_NOT_ITS_SITE", f"{part.site[:80]} is not an open site of {teacher}.")
        rows.append((position, part.name, teacher.pk, site, part.days))
    return rows


def _require_words(part: PartWords) -> None:
    if not part.name:
        raise NotPlaced("COURSE_PARTS_NAME_REQUIRED", "One of its parts has no name. Write it first on its line.")
    for name, most in LONGEST.items():
        if len(getattr(part, name)) > most:
            words = "The name of a part" if name == "name" else "When a part is taught"
            raise NotPlaced("COURSE_PARTS_TOO_LONG", f"{words} has at most {most} characters.")
