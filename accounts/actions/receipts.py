"""Reading leaves a receipt: who looked at what of which learner, on which day, in which role."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, IntegerField, OuterRef, Subquery, Value, When

from accounts.models import Learner, Receipt, ReceiptSection, RollEntry
from core import clock
from providers.models import RoleKind, StaffRole

# The role that opens a learner's page, where a person has several at once and none of them is at the learner's school.
READING_ROLES = (
    RoleKind.ADVISER,
    RoleKind.COORDINATOR,
    RoleKind.TUTOR,
    RoleKind.ADMISSIONS,
    RoleKind.MANAGER,
    RoleKind.OFFICER,
    RoleKind.HELP_DESK,
    RoleKind.SYSTEM,
)


def leave_receipts(*, learner: Learner, by: Any, sections: Iterable[str], roles: Iterable[str] = READING_ROLES) -> None:
    """These sections of the learner have been looked at by this person today, once more than before.

    Written with the page: a page whose receipt cannot be written is not shown. The learner's own looks leave none.
    ``roles`` are the kinds of role that open the page; none of them is held: somebody let in.
    """
    if learner.user_id != by.pk:
        leave_receipts_of_many(looked_at=[(learner.pk, section) for section in sections], by=by, roles=roles)


def leave_receipts_of_many(
    *, looked_at: Iterable[tuple[int, str]], by: Any, roles: Iterable[str] = READING_ROLES
) -> None:
    """The same for a page about many learners, in one statement: (key of the learner, section) of each look."""
    wanted = sorted({(key, ReceiptSection(section).value) for key, section in looked_at})
    if not wanted:
        return
    nearest, params = _nearest_roles({key for key, _section in wanted}, by, [str(kind) for kind in roles])
    table, now = Receipt._meta.db_table, clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (learner_id, reader_id, role_id, section, "on", times, first_at, last_at)
            SELECT looked.learner, %s, nearest.role::bigint, looked.section, %s, 1, %s, %s
            FROM unnest(%s::bigint[], %s::text[]) AS looked (learner, section)
            JOIN ({nearest}) AS nearest (learner, role) ON nearest.learner = looked.learner
            ORDER BY looked.learner, looked.section -- rows are locked in one order, whatever pages are open at once
            ON CONFLICT (learner_id, reader_id, role_id, section, "on")
            DO UPDATE SET times = {table}.times + 1, last_at = excluded.last_at
            """,
            [by.pk, clock.today(), now, now, [key for key, _s in wanted], [section for _k, section in wanted], *params],
        )


def move_receipts(learner: Learner, *, into: Learner) -> None:
    """Who looked at the one record has looked at the other; a day on which somebody looked at both has one number."""
    table = Receipt._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (learner_id, reader_id, role_id, section, "on", times, first_at, last_at)
            SELECT %s, reader_id, role_id, section, "on", times, first_at, last_at FROM {table} WHERE learner_id = %s
            ON CONFLICT (learner_id, reader_id, role_id, section, "on") DO UPDATE SET
                times = {table}.times + excluded.times,
                first_at = LEAST({table}.first_at, excluded.first_at),
                last_at = GREATEST({table}.last_at, excluded.last_at)
            """,
            [into.pk, learner.pk],
        )
    Receipt.objects.filter(learner=learner).delete()


def _nearest_roles(learners: Iterable[int], by: Any, kinds: list[str]) -> tuple[str, tuple[Any, ...]]:
    """For each of these learners the role in which somebody looks: at the learner's own school before any other."""
    looked_at = Learner.objects.filter(pk__in=learners).order_by()
    if not kinds:
        return looked_at.values_list("pk", Value(None, BigIntegerField())).query.sql_with_params()
    schools = RollEntry.objects.current().filter(learner=OuterRef(OuterRef("pk"))).values("school")
    away = Case(When(organisation__in=schools, then=Value(0)), default=Value(1), output_field=IntegerField())
    order = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(kinds)), output_field=IntegerField())
    held = StaffRole.objects.of(by, *kinds).annotate(away=away).order_by("away", order, "pk")
    return looked_at.values_list("pk", Subquery(held.values("pk")[:1])).query.sql_with_params()
