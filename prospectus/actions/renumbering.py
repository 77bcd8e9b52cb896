"""Courses and runs that a provider numbered anew are known again, before the staged catalogue is merged."""

from prospectus.actions.merging import Merge
from providers.models import IssueSeverity
from providers.uploads import RowIssue

TELLS_APART = ("start_text", "study_mode", "delivery", "pattern")  # with the start and the place, two runs of a course


def renamed_courses(merge: Merge) -> list[RowIssue]:
    """One course gone and one come, alike in title and level and the only such ones, are one renumbered course."""
    renamed = merge.execute(
        """WITH gone AS (
            SELECT lower(title) AS title, level_text, min(id) AS id, min(provider_reference) AS was
            FROM prospectus_course h
            WHERE provider_id = %(provider)s AND upload_id IS NOT NULL AND state <> 'withdrawn'
                AND NOT EXISTS (SELECT FROM staged_course s WHERE s.provider_reference = h.provider_reference)
                AND NOT EXISTS (SELECT FROM staged_broken b WHERE b.course_reference = h.provider_reference)
            GROUP BY 1, 2 HAVING count(*) = 1
        ), come AS (
            SELECT lower(title) AS title, level_text, min(line) AS line, min(title) AS shown,
                min(provider_reference) AS becomes
            FROM staged_course s
            WHERE NOT EXISTS (SELECT FROM prospectus_course h
                WHERE h.provider_id = %(provider)s AND h.provider_reference = s.provider_reference)
            GROUP BY 1, 2 HAVING count(*) = 1
        )
        -- The empty title makes the merge, which comes next, see and count a change.
        UPDATE prospectus_course h SET provider_reference = come.becomes, title = ''
        FROM gone JOIN come USING (title, level_text)
        WHERE h.id = gone.id
        RETURNING come.line, come.becomes, gone.was, come.shown"""
    )
    return [
        RowIssue(
            line, merge.called.course, becomes, "COURSE_IDENTIFIER_CHANGED", IssueSeverity.WARNING,
            f"“{title[:80]}” was known as {was[:60]}. Same title and level, so it is taken to be the same course. "
            "Keep identifiers from year to year.",
        )
        for line, becomes, was, title in sorted(renamed)
    ]  # fmt: skip


def renamed_runs(merge: Merge) -> list[RowIssue]:
    """One run gone and one come in a course, alike in start, place and mode and the only such ones, are one run."""
    said = [name for name in TELLS_APART if merge.says(name)]
    if not (merge.says("starts_on") and merge.says("site_id")):
        return []
    alike = ", ".join(
        ["coalesce({0}.starts_on, 'infinity')", "coalesce({1}.site_id, 0)", *(f"{{0}}.{one}" for one in said)]
    )
    names = ", ".join(["course_id", "starts_on", "site_id", *said])
    merge.execute("SET LOCAL enable_nestloop = off")  # as for the merge: statistics are old after a large load
    renamed = merge.execute(
        f"""WITH gone (id, {names}) AS (
            SELECT min(r.id), r.course_id, {alike.format("r", "r")}
            FROM prospectus_courserun r JOIN prospectus_course c ON c.id = r.course_id
            WHERE c.provider_id = %(provider)s AND r.upload_id IS NOT NULL AND r.ended_on IS NULL
                AND NOT EXISTS (SELECT FROM staged_run s WHERE s.course_reference = c.provider_reference
                    AND s.provider_reference = r.provider_reference)
                AND NOT EXISTS (SELECT FROM staged_broken b WHERE b.course_reference = c.provider_reference)
                AND (c.provider_reference, r.provider_reference) NOT IN (TABLE staged_spared)
            GROUP BY r.course_id, {alike.format("r", "r")} HAVING count(*) = 1
        ), come (line, becomes, {names}) AS (
            SELECT min(s.line), min(s.provider_reference), c.id, {alike.format("s", "p")}
            FROM staged_run s
            JOIN prospectus_course c ON c.provider_id = %(provider)s AND c.provider_reference = s.course_reference
            LEFT JOIN staged_site p ON p.place = s.place
            WHERE NOT EXISTS (SELECT FROM prospectus_courserun h
                WHERE h.course_id = c.id AND h.provider_reference = s.provider_reference)
            GROUP BY c.id, {alike.format("s", "p")} HAVING count(*) = 1
        )
        UPDATE prospectus_courserun h SET provider_reference = come.becomes
        FROM gone JOIN come USING ({names})
        WHERE h.id = gone.id
        RETURNING come.line, come.becomes, h.id"""
    )
    merge.execute("SET LOCAL enable_nestloop = on")
    if not renamed:
        return []
    merge.renamed_runs = [key for _line, _becomes, key in renamed]
    line, becomes, _key = min(renamed)
    what = "1 run has" if len(renamed) == 1 else f"{len(renamed):,} runs have"
    message = (
        f"{what} another identifier than before, the first here. Same course, start, place and mode, so each is taken "
        "to be the same run, and who applied for it still does. Keep identifiers from year to year."
    )
    return [RowIssue(line, merge.called.run, becomes, "RUN_IDENTIFIER_CHANGED", IssueSeverity.NOTICE, message)]
