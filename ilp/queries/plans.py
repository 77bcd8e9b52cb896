"""A plan as people read it, and the plans of many learners for those who stand behind them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Learner, RollEntry
from ilp.models import ANSWERED_KINDS, Draft, Entry, EntryKind, Remark, Revision
from ilp.querysets.plan import SENSITIVE, of_staff
from ilp.workflow import EntryState


class Part(NamedTuple):
    """The entries of one kind, in the order in which they were added."""

    kind: EntryKind
    entries: list[Entry]
    drafts: list[Draft]

    @property
    def can_add(self) -> bool:
        return self.kind not in ANSWERED_KINDS and not (self.kind == EntryKind.ABOUT and self.entries)


def parts_of(entries: Iterable[Entry], drafts: Iterable[Draft] = ()) -> list[Part]:
    """Every kind of entry, with what there is of it; empty kinds too, but not of answered sections."""
    entries, drafts = list(entries), list(drafts)
    return [
        Part(
            kind,
            [entry for entry in entries if entry.kind == kind],
            [draft for draft in drafts if draft.kind == kind and draft.entry_id is None],
        )
        for kind in EntryKind
        if kind not in ANSWERED_KINDS or any(entry.kind == kind for entry in entries)
    ]


def with_last_remark(entries: QuerySet) -> QuerySet:
    """Each entry with ``said``: the newest remark about its newest revision, or None, in one query more."""
    newest = Remark.objects.filter(revision=OuterRef("revision")).order_by("-at", "-pk").values("pk")[:1]
    return entries.annotate(said_id=Subquery(newest))


def attach_remarks(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries, each with its ``said`` (a remark, or None)."""
    entries = list(entries)
    keys = [entry.said_id for entry in entries if entry.said_id]
    remarks = Remark.objects.select_related("by", "role__organisation").in_bulk(keys) if keys else {}
    for entry in entries:
        entry.said = remarks.get(entry.said_id)
    return entries


class Turn(NamedTuple):
    """One revision with what was said of it, and what changed since the one before: (column, before, after)."""

    revision: Revision
    changes: list[tuple[str, Any, Any]]


SHOWN = ("title", "words", "place", "from_on", "until_on", "is_reached")


def conversation(entry: Entry) -> list[Turn]:
    """How the entry came to read as it does, newest first."""
    revisions = list(
        entry.revisions.select_related("by")
        .prefetch_related("remarks__by", "remarks__role__organisation")
        .order_by("number")
    )
    turns = []
    for before, revision in zip([None, *revisions], revisions, strict=False):
        changes = [
            (name, getattr(before, name), getattr(revision, name))
            for name in SHOWN
            if before is not None and getattr(before, name) != getattr(revision, name)
        ]
        turns.append(Turn(revision, changes))
    return turns[::-1]


def learners_with_plans(user: Any, *, words: str = "", year_group: str = "", tutor_group: str = "") -> QuerySet:
    """Every learner whose plan is open to this person by a role, with or without one: who has started, when it was
    last changed, how many entries wait to be read, how many to be talked about."""
    roll = RollEntry.objects.current().filter(learner=OuterRef("pk")).order_by("-started_on", "-pk")
    found = of_staff(user).annotate(
        year_group=Subquery(roll.values("year_group")[:1]),
        tutor_group=Subquery(roll.values("tutor_group")[:1]),
        school_name=Subquery(roll.values("school__name")[:1]),
    )
    for word in words.split():
        found = found.filter(
            Q(given_name__istartswith=word) | Q(family_name__istartswith=word) | Q(preferred_name__istartswith=word)
        )
    if year_group.isdecimal():
        found = found.filter(year_group=int(year_group))
    if tutor_group:
        found = found.filter(tutor_group=tutor_group)
    return found.order_by("family_name", "given_name", "pk")


def counted(learners: QuerySet) -> QuerySet:
    """The same with the figures of each plan, for the rows that a page shows."""
    # Not what is about special needs: a number would tell whoever may not read it that there is something.
    open_to_all = ~Q(plan__entries__kind__in=SENSITIVE)
    return learners.select_related("plan").annotate(
        waiting=Count("plan__entries", filter=open_to_all & Q(plan__entries__state=EntryState.AWAITING)),
        talking=Count("plan__entries", filter=open_to_all & Q(plan__entries__state=EntryState.TALK)),
        validated=Count("plan__entries", filter=open_to_all & Q(plan__entries__state=EntryState.VALIDATED)),
        waiting_since=Min("plan__entries__asked_at", filter=open_to_all & Q(plan__entries__state=EntryState.AWAITING)),
    )


def groups_of(user: Any) -> dict[str, list[Any]]:
    """The year groups and tutor groups somebody can choose between."""
    rows = RollEntry.objects.current().filter(learner__in=of_staff(user).values("pk"))
    pairs = set(rows.order_by().values_list("year_group", "tutor_group").distinct())
    return {
        "year_groups": sorted({year for year, _group in pairs}),
        "tutor_groups": sorted({group for _year, group in pairs if group}),
    }


def waiting_for(user: Any, *, year_group: str = "", tutor_group: str = "", learner: Learner | None = None) -> QuerySet:
    """The entries that this adult can answer, those of one learner together, whoever has waited longest first."""
    entries = Entry.objects.stood_behind_by(user).filter(state=EntryState.AWAITING)
    roll = RollEntry.objects.current().filter(learner=OuterRef("plan__learner")).order_by("-started_on", "-pk")
    if year_group.isdecimal() or tutor_group:
        entries = entries.annotate(
            year_group=Subquery(roll.values("year_group")[:1]), tutor_group=Subquery(roll.values("tutor_group")[:1])
        )
    if year_group.isdecimal():
        entries = entries.filter(year_group=int(year_group))
    if tutor_group:
        entries = entries.filter(tutor_group=tutor_group)
    if learner is not None:
        entries = entries.filter(plan__learner=learner)
    first = (
        Entry.objects.filter(plan=OuterRef("plan"), state=EntryState.AWAITING)
        .order_by("asked_at")
        .values("asked_at")[:1]
    )
    return entries.annotate(first_at=Coalesce(Subquery(first), F("asked_at"))).order_by(
        "first_at", "plan", "asked_at", "pk"
    )
