"""What this floor's tables say of a learner."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import clock, personal
from core.personal import Erase
from providers.models import Upload, UploadChange, UploadReversal
from providers.uploads import ASKS
from reporting.actions import fold_use, remove_expired_reports, remove_expired_returns
from reporting.exchange.differences import PERSON, THINGS
from reporting.exchange.kind import CASELOAD
from reporting.models import (
    Freeze,
    FrozenLearner,
    RecordedStatus,
    ReportRun,
    ReturnFinding,
    ReturnRun,
    Standing,
)

FIGURES = _("How the September Guarantee stood is part of the figures of the area. It has no words about anybody.")


def register() -> None:
    """The list of this floor."""
    personal.register(
        RecordedStatus,
        path="learner",
        title=_("What somebody recorded about your September Guarantee"),
        shows={
            "entry_year": _("For September"),
            "status__meaning": _("What"),
            "recorded_at": _("When"),
            "ended_at": _("Until"),
        },
        erase=Erase.KEEP,
        because=FIGURES,
        merge=_merge_statuses,
    )
    personal.register(
        FrozenLearner,
        path="learner",
        title=_("Figures your authority kept, with how it stood for you"),
        shows={"freeze__stood_on": _("On"), "light": _("Light"), "school__name": _("School")},
        erase=Erase.DELETE,  # the figure itself has no learner in it and stays
        once_by=("freeze", "year_group"),
    )
    personal.register(
        Standing,
        path="learner",
        title=_("How you are counted for the September Guarantee"),
        shows={"entry_year": _("For September"), "light": _("Light")},
        erase=Erase.KEEP,
        because=FIGURES,
        # Whoever's roll entry moves is counted anew there and then, so that nothing is left to point elsewhere.
        once_by=("area", "entry_year", "year_group"),
    )
    personal.register_tidying(
        personal.Tidying("reports", "Files of reports", ReportRun.KEPT_FOR.days, "making it", remove_expired_reports)
    )
    personal.register(
        ReturnFinding,
        path="learner",
        title=_("What rules of the authority’s return found in your record"),
        shows={"run__period_end": _("Of"), "message": _("What")},
        erase=Erase.DELETE,
    )
    personal.register_tidying(
        personal.Tidying(
            "returns", "Returns to the Department and what was found in them", ReturnRun.KEPT_FOR.days, "making",
            remove_expired_returns,
        )
    )  # fmt: skip
    personal.register_tidying(
        personal.Tidying("use", "Which kinds of pages a day’s visitors opened, by code words of one day", 1, "the day",
                         fold_use)
    )  # fmt: skip
    personal.register_sweep("returns", _drop_returns)
    personal.register_sweep("extracts of caseload systems", _drop_lines_of_extracts)
    personal.register_retention(
        personal.Retention(
            name="freezes",
            title=_("Who was behind the figures of the September Guarantee that an officer kept"),
            days=3 * 365,
            least_days=365,
            source=_("Three Septembers can be compared by name; the figures themselves stay."),
            due=_named_before,
            remove=_remove_names,
        )
    )


def _drop_returns(learner: Learner) -> None:
    """No kept return names somebody who is erased: those that may are gone, and can be made again."""
    ReturnRun.objects.naming(learner).filter(removed_at=None, made_at__isnull=False).update(expires_at=clock.now())
    remove_expired_returns()


def _drop_lines_of_extracts(learner: Learner) -> None:
    """What extracts said of the learner goes, under whatever name they were known then, and so does every question
    whether a record is theirs, and what people ticked and answered of them. Nobody can fetch an extract's file; it goes
    with the rest of the extract."""
    merged = dict(learner.merged.values_list("key", "reference"))
    keys = [learner.pk, *merged]
    theirs = r"\y(" + "|".join(map(str, keys)) + r")\y"
    of_extracts = Q(upload__kind=CASELOAD.name)
    UploadChange.objects.filter(of_extracts, **{"thing": PERSON, f"fields__{ASKS}__1__regex": theirs}).delete()
    for lines in (UploadChange, UploadReversal):
        lines.objects.filter(of_extracts, ~Q(thing=PERSON), thing_key__in=keys).delete()
    told = {f"{thing}:{key}" for thing in THINGS if thing != PERSON for key in keys}
    whose = {learner.reference, *merged.values()}
    # A worker who has an extract at the moment may wait for this learner: its picks are left, and go when it does.
    for upload in Upload.objects.select_for_update(skip_locked=True).filter(kind=CASELOAD.name).exclude(picks={}):
        kept = {key: said for key, said in upload.picks.items() if key not in told and said not in whose}
        if kept != upload.picks:
            upload.picks = kept
            upload.save(update_fields=["picks"])


def _merge_statuses(keep: Learner, other: Learner) -> None:
    """All that was recorded. Of two that stand for one September the newer goes on."""
    RecordedStatus.objects.filter(learner=other, ended_at__isnull=False).update(learner=keep)
    for theirs in RecordedStatus.objects.standing().filter(learner=other):
        mine = RecordedStatus.objects.standing().filter(learner=keep, entry_year=theirs.entry_year).first()
        if mine is not None:
            older, newer = sorted((mine, theirs), key=lambda one: (one.recorded_at, one.pk))
            older.ended_at = newer.recorded_at
            older.save(update_fields=["ended_at"])
        theirs.learner = keep
        theirs.save(update_fields=["learner"])


def _named_before(before: dt.date) -> QuerySet:
    return Freeze.objects.filter(made_at__date__lt=before, names_removed_on=None)


def _remove_names(freezes: QuerySet) -> int:
    """The learners are gone from these freezes, their figures stay."""
    keys = list(freezes.values_list("pk", flat=True))
    FrozenLearner.objects.filter(freeze__in=keys).delete()
    return Freeze.objects.filter(pk__in=keys).update(names_removed_on=clock.today())
