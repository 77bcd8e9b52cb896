"""Reading leaves a receipt: who looked at what of which learner, on which day, in which role."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Value, When

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
)


def leave_receipts(*, learner: Learner, by: Any, sections: Iterable[str], roles: Iterable[str] = READING_ROLES) -> None:
    """These sections of the learner have been looked at by this person today, once more than before.

    One statement, written with the page: a page whose receipt cannot be written is not shown. The learner's own
    looks leave none. ``roles`` are the kinds of role that open the page; none of them is held: somebody let in.
    """
    wanted = [ReceiptSection(section).value for section in sections]
    if learner.user_id == by.pk or not wanted:
        return
    role_sql, role_params = _role(learner, by, [str(kind) for kind in roles])
    table, now = Receipt._meta.db_table, clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (learner_id, reader_id, role_id, section, "on", times, first_at, last_at)
            SELECT %s, %s, ({role_sql}), section, %s, 1, %s, %s FROM unnest(%s::text[]) AS section
            ON CONFLICT (learner_id, reader_id, role_id, section, "on")
            DO UPDATE SET times = {table}.times + 1, last_at = excluded.last_at
            """,
            [learner.pk, by.pk, *role_params, clock.today(), now, now, sorted(set(wanted))],
        )


def leave_receipts_of_many(
    *, looked_at: Iterable[tuple[int, str]], by: Any, roles: Iterable[str] = READING_ROLES
) -> None:
    """The same for a page about many learners, in three statements: (key of the learner, section) of each look."""
    wanted = sorted({(key, ReceiptSection(section).value) for key, section in looked_at})
    if not wanted:
        return
    kinds = [str(kind) for kind in roles]
    held = list(StaffRole.objects.of(by, *kinds).order_by("pk").values_list("organisation", "kind", "pk"))
    held.sort(key=lambda role: kinds.index(role[1]))
    on_roll = RollEntry.objects.current().filter(learner__in={key for key, _section in wanted})
    schools: dict[int, set[int]] = {}
    for learner, school in on_roll.values_list("learner", "school"):
        schools.setdefault(learner, set()).add(school)

    def role_for(learner: int) -> int | None:
        nearest = sorted(held, key=lambda role: role[0] not in schools.get(learner, set()))
        return nearest[0][2] if nearest else None

    table, now = Receipt._meta.db_table, clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (learner_id, reader_id, role_id, section, "on", times, first_at, last_at)
            SELECT looked.learner, %s, looked.role, looked.section, %s, 1, %s, %s
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS looked (learner, role, section)
            ON CONFLICT (learner_id, reader_id, role_id, section, "on")
            DO UPDATE SET times = {table}.times + 1, last_at = excluded.last_at
            """,
            [
                by.pk,
                clock.today(),
                now,
                now,
                [key for key, _section in wanted],
                [role_for(key) for key, _section in wanted],
                [section for _key, section in wanted],
            ],
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


def _role(learner: Learner, by: Any, kinds: list[str]) -> tuple[str, tuple[Any, ...]]:
    """The role in which somebody looks: at the learner's own school before any other."""
    if not kinds:
        return "NULL::bigint", ()
    schools = RollEntry.objects.current().filter(learner=learner.pk).values("school")
    away = Case(When(organisation__in=schools, then=Value(0)), default=Value(1), output_field=IntegerField())
    order = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(kinds)), output_field=IntegerField())
    roles = StaffRole.objects.of(by, *kinds).order_by(away, order, "pk").values("pk")[:1]
    return roles.query.sql_with_params()
