"""Undoing an upload: what nobody has touched since is again as it was before."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction

from activity.actions import record
from core import clock
from prospectus.actions.changing import lock_provider
from prospectus.actions.search import refresh_search
from prospectus.models import CatalogueImage, CourseRun
from prospectus.queries.undo import MODELS, TABLES, undo_steps
from providers.models import Upload
from providers.uploads import UndoStep
from providers.workflow import ReversalAction

# What it is and what has happened to it, which no upload changes; and when it was changed, which is now.
KEPT = {
    "id", "reference", "provider", "course", "organisation", "created_at", "changed_at", "places_taken",
    "takes_applications", "opening_set_on",
}  # fmt: skip
# What belongs to a course in numbered rows: the columns, and their types, in the order in which an image has them.
BELONGING = {
    "requirements": {
        "how_many": "int", "qualification_type_id": "text", "level_id": "text", "grade": "text",
        "subject_words": "text", "is_essential": "boolean",
    },
    "parts": {"name": "text", "provider_id": "bigint", "site_id": "bigint", "days": "text"},
}  # fmt: skip


@transaction.atomic
def undo_catalogue(upload: Upload, by: Any) -> list[UndoStep]:
    """What this upload of the provider's catalogue did is taken back where nobody has touched it since, and search
    knows it. What it added is withdrawn or ended, never deleted. Returns what was done with each thing.

    Lock order as in ``publish_catalogue``: the provider, its runs, search. Means something for the last upload.
    """
    provider = lock_provider(upload.organisation_id)
    list(CourseRun.objects.select_for_update(no_key=True).filter(course__provider=provider).order_by("pk").values("pk"))
    steps = undo_steps(upload)
    _execute("SET LOCAL enable_nestloop = off")  # as for merging: statistics may be old right after a large load
    for thing in TABLES:
        done = [step for step in steps if step.thing == thing and step.action != ReversalAction.KEPT]
        _put_back(thing, upload, [step.key for step in done])
        _take_out(thing, upload, [step.key for step in done if step.action == ReversalAction.TAKEN_OUT])
    _put_rows_back("requirements", "prospectus_entryrequirement", upload, _keys_of("course", steps))
    _put_rows_back("parts", "prospectus_coursepart", upload, _keys_of("course", steps))
    _put_days_back(upload)
    _execute("SET LOCAL enable_nestloop = on")
    refresh_search(provider=provider)
    facts = {action.value: sum(step.action == action for step in steps) for action in ReversalAction}
    record("courses.undo", subject=upload, by=by, provider=provider.pk, **facts)
    # It has been undone, and what was before it cannot be undone: these are of no more use.
    CatalogueImage.objects.filter(upload=upload).delete()
    return steps


def _keys_of(thing: str, steps: Sequence[UndoStep]) -> list[int]:
    return [step.key for step in steps if step.thing == thing and step.action != ReversalAction.KEPT]


def _put_back(thing: str, upload: Upload, keys: Collection[int]) -> None:
    """Every column that an upload can change is as it was. A draft that nobody had saved since it was copied is one
    again: its ``changed_at`` says so."""
    names = [field.column for field in MODELS[thing]._meta.concrete_fields if field.name not in KEPT]
    moment = (
        ""
        if thing == "site"
        else (", changed_at = CASE WHEN former.state = 'draft' THEN former.changed_at ELSE %(now)s END")
    )
    _execute(
        f"""UPDATE {TABLES[thing]} t SET {", ".join(f"{name} = former.{name}" for name in names)}{moment}
        FROM prospectus_catalogueimage image,
            jsonb_populate_record(NULL::{TABLES[thing]}, image.before) AS former
        WHERE image.upload_id = %(upload)s AND image.thing = %(thing)s AND image.before IS NOT NULL
            AND t.id = image.thing_key AND t.id = ANY(%(keys)s)""",
        upload=upload.pk, thing=thing, keys=list(keys), now=clock.now(),
    )  # fmt: skip


def _take_out(thing: str, upload: Upload, keys: Collection[int]) -> None:
    """What was not there before is withdrawn or ended today; it comes back where a later upload has it again."""
    if thing == "course":
        changed = "state = 'withdrawn', changed_at = %(now)s"
    else:
        changed = f"ended_on = %(today)s{', changed_at = %(now)s' if thing == 'run' else ''}"
    _execute(
        f"""UPDATE {TABLES[thing]} t SET {changed} FROM prospectus_catalogueimage image
        WHERE image.upload_id = %(upload)s AND image.thing = %(thing)s AND image.before IS NULL
            AND t.id = image.thing_key AND t.id = ANY(%(keys)s)""",
        upload=upload.pk, thing=thing, keys=list(keys), now=clock.now(), today=clock.today(),
    )  # fmt: skip


def _put_rows_back(name: str, table: str, upload: Upload, keys: Collection[int]) -> None:
    """The numbered rows that belong to these courses are as they were; ``name`` is theirs in the image."""
    columns = BELONGING[name]
    said = ", ".join(f"(q.said->>{at})::{kind}" for at, kind in enumerate(columns.values()))
    of_these = "image.upload_id = %(upload)s AND image.thing = 'course' AND image.before IS NOT NULL"
    _execute(
        f"""DELETE FROM {table} q USING prospectus_catalogueimage image
        WHERE {of_these} AND q.course_id = image.thing_key AND q.course_id = ANY(%(keys)s)""",
        upload=upload.pk, keys=list(keys),
    )  # fmt: skip
    _execute(
        f"""INSERT INTO {table} (course_id, position, {", ".join(columns)})
        SELECT image.thing_key, q.at, {said}
        FROM prospectus_catalogueimage image,
            jsonb_array_elements(CASE jsonb_typeof(image.before->'{name}') WHEN 'array'
                THEN image.before->'{name}' ELSE '[]' END) WITH ORDINALITY AS q (said, at)
        WHERE {of_these} AND image.thing_key = ANY(%(keys)s)""",
        upload=upload.pk, keys=list(keys),
    )  # fmt: skip


def _put_days_back(upload: Upload) -> None:
    """Courses that the upload only said to be right count again from the day somebody had last said so."""
    _execute(
        """UPDATE prospectus_course c SET checked_on = (image.before->>'checked_on')::date
        FROM prospectus_catalogueimage image, jsonb_array_elements_text(image.before->'courses') AS key
        WHERE image.upload_id = %(upload)s AND image.thing = 'checked' AND c.id = key::bigint
            AND c.checked_on = (%(ended_at)s::timestamptz AT TIME ZONE 'Europe/London')::date""",
        upload=upload.pk, ended_at=upload.ended_at,
    )  # fmt: skip


def _execute(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
