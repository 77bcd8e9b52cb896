"""Of two records of one person: what becomes of the applications, offers and results of both."""

from django.db.models import Max

from accounts.models import Learner
from applications.models import Application, ExamResult, LeftOutEntry, OutsideOffer, OwnRoute
from core import clock


def _join_written(mine: Application, theirs: Application) -> None:
    """Grades that only the other says are added, and who wrote for the learner. Marks are those of what is kept."""
    said = {(grade.subject.lower(), grade.qualification.lower()) for grade in mine.grades.all()}
    for grade in theirs.grades.all():
        if (grade.subject.lower(), grade.qualification.lower()) not in said:
            grade.application = mine
            grade.save(update_fields=["application"])
    theirs.drafts.update(application=mine)
    theirs.assistances.update(application=mine)
    if mine.listings.filter(ended_at=None).exists():
        theirs.listings.filter(ended_at=None).update(ended_at=clock.now())
    theirs.listings.update(application=mine)
    for left_out in theirs.left_out.all():
        LeftOutEntry.objects.get_or_create(application=mine, entry_id=left_out.entry_id)


def merge_applications(keep: Learner, other: Learner) -> None:
    """One application a cycle: where both have one, its choices come after those of the one that goes on."""
    ours = {application.cycle_id: application for application in Application.objects.filter(learner=keep)}
    for theirs in Application.objects.filter(learner=other):
        mine = ours.get(theirs.cycle_id)
        if mine is None:
            theirs.learner = keep
            theirs.save(update_fields=["learner"])
            continue
        for name in ("statement", "needs"):
            setattr(mine, name, getattr(mine, name) or getattr(theirs, name))
        mine.save(update_fields=["statement", "needs"])
        _join_written(mine, theirs)
        last = mine.choices.aggregate(last=Max("rank"))["last"] or 0
        group = mine.choices.aggregate(last=Max("companion_group"))["last"] or 0
        for number, choice in enumerate(theirs.choices.order_by("rank", "pk"), start=last + 1):
            choice.application, choice.rank = mine, number
            if choice.companion_group is not None:
                choice.companion_group += group
            choice.save(update_fields=["application", "rank", "companion_group"])
        theirs.delete()


def merge_outside_offers(keep: Learner, other: Learner) -> None:
    """The same offer once: of two that stand, the one an adult vouches for, and else the older, goes on."""
    OutsideOffer.objects.filter(learner=other).update(learner=keep)
    known: set[tuple[int, str, str]] = set()
    standing = OutsideOffer.objects.filter(learner=keep, ended_on=None)
    for offer in standing.order_by("is_unconfirmed", "offered_on", "pk"):
        name = (offer.cycle_id, offer.provider_name.casefold(), offer.course_name.casefold())
        if name in known:
            offer.ended_on = clock.today()
            offer.save(update_fields=["ended_on"])
        known.add(name)


def merge_results(keep: Learner, other: Learner) -> None:
    """All results of both. Of two of one school that stand for one subject, the one that was said last goes on."""
    ExamResult.objects.filter(learner=other, ended_at__isnull=False).update(learner=keep)
    ours = {result.key: result for result in ExamResult.objects.standing().filter(learner=keep)}
    for theirs in ExamResult.objects.standing().filter(learner=other):
        mine = ours.get(theirs.key)
        if mine is not None:
            older, newer = sorted((mine, theirs), key=lambda one: (one.said_at, one.pk))
            older.ended_at = newer.said_at
            older.save(update_fields=["ended_at"])
        theirs.learner = keep
        theirs.save(update_fields=["learner", "ended_at"])


def merge_own_routes(keep: Learner, other: Learner) -> None:
    """One a run: where both went there, what was said last holds."""
    ours = {route.run_id: route for route in OwnRoute.objects.filter(learner=keep)}
    for theirs in OwnRoute.objects.filter(learner=other):
        mine = ours.get(theirs.run_id)
        if mine is None:
            theirs.learner = keep
            theirs.save(update_fields=["learner"])
            continue
        if theirs.said_at and (mine.said_at is None or theirs.said_at > mine.said_at):
            mine.state, mine.said_at = theirs.state, theirs.said_at
            mine.save(update_fields=["state", "said_at"])
        theirs.delete()
