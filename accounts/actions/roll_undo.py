"""Undoing a school's last roll: whoever nobody has touched since is again as they were before."""

from typing import Any, NamedTuple

from django.db import transaction

from accounts.actions.roll_states import KnownLearner, Place, State, add_facts, as_json, from_json, load_known
from accounts.actions.roll_store import Step, store
from accounts.actions.uses import used_learners
from accounts.models import Learner, LearnerDoubt, RollEntry, RollImage
from activity.actions import record
from core import clock
from core.bulk import update_in
from providers.models import Area, Upload
from providers.uploads import UndoStep
from providers.workflow import ReversalAction

UNLOCKED = "They have unlocked their record since."
CHANGED = "Something about them has been changed since."
USED = "Something has been written down about them since."
JOINED = "The record has been joined with another one since, or is gone."
UPN_TAKEN = "Somebody else has the UPN now that they had before."


class Touched(NamedTuple):
    """One learner the roll touched, how they were before (None: not here), and as they are now (None: gone)."""

    image: RollImage
    now: KnownLearner | None
    why: str

    @property
    def before(self) -> State | None:
        return from_json(self.image.before) if self.image.before else None

    @property
    def step(self) -> UndoStep:
        who = self.now.state.who if self.now else _after(self.image).who
        place = _after(self.image).place or (self.before.place if self.before else None)
        title = f"{who.given_name} {who.family_name}"
        if place:
            title += f" (Year {place.year_group}, {place.tutor_group})".replace(", )", ")")
        action = ReversalAction.RESTORED if self.image.before else ReversalAction.TAKEN_OUT
        return UndoStep(ReversalAction.KEPT if self.why else action, "learner", self.image.learner_key, title, self.why)


def roll_undo_steps(upload: Upload) -> list[UndoStep]:
    """What undoing this roll would do with each learner; those who stay are first, each with the reason."""
    with transaction.atomic():
        return _in_order(_touched(upload))


@transaction.atomic
def undo_roll(upload: Upload, by: Any) -> list[UndoStep]:
    """Learners whom nobody has touched since the roll are as before it: where they were, with what was known of them.
    Those whom it brought are gone. Returns what was done with each. Means something for the last roll only."""
    Area.objects.select_for_update(no_key=True).get(pk=upload.organisation.area_id)
    touched = _touched(upload)
    steps = _in_order(touched)
    free = [one for one in touched if not one.why]
    _take_out([one.image.learner_key for one in free if one.before is None])
    _put_back([one for one in free if one.before is not None], upload)
    facts = {action.value: sum(step.action == action for step in steps) for action in ReversalAction}
    record("roll.undo", subject=upload, by=by, school=upload.organisation_id, **facts)
    # It has been undone, and what was before it cannot be undone: these are of no more use.
    RollImage.objects.filter(upload=upload).delete()
    return steps


def _in_order(touched: list[Touched]) -> list[UndoStep]:
    steps = [one.step for one in touched]
    return sorted(steps, key=lambda step: (not step.why, step.title.casefold(), step.key))


def _touched(upload: Upload) -> list[Touched]:
    images = list(RollImage.objects.filter(upload=upload).order_by("learner_key"))
    keys = [image.learner_key for image in images]
    known = {one.pk: one for one in load_known(Learner.objects.filter(pk__in=keys))}
    if any(image.after["facts"] for image in images):
        add_facts(known, school_id=upload.organisation_id)
    used = used_learners([image.learner_key for image in images if image.before is None])
    upns = {image.before["who"]["upn"] for image in images if image.before} - {None}
    taken = dict(Learner.objects.filter(upn__in=upns).values_list("upn", "pk"))
    return [Touched(image, known.get(image.learner_key), _why(image, known, used, taken)) for image in images]


def _after(image: RollImage) -> State:
    """How the roll left the learner: as before, but for what it made otherwise."""
    return from_json((image.before or {}) | image.after)


def _why(image: RollImage, known: dict[int, KnownLearner], used: set[int], taken: dict[str | None, int]) -> str:
    """Why this learner stays as they are now; empty where nobody has touched them."""
    now = known.get(image.learner_key)
    if now is None:
        return JOINED
    if now.user_id != image.after["user"]:
        return UNLOCKED
    has_facts = image.after["facts"]
    if from_json(as_json(now.state, user_id=now.user_id, has_facts=has_facts)) != _after(image):
        return CHANGED
    if image.before is None:
        return USED if now.pk in used else ""
    upn = image.before["who"]["upn"]
    return UPN_TAKEN if upn and taken.get(upn, now.pk) != now.pk else ""


def _take_out(keys: list[int]) -> None:
    """These records are gone, as they were not here before: a wrong file leaves nobody's data behind."""
    LearnerDoubt.objects.filter(learner__in=keys).delete()
    RollEntry.objects.filter(learner__in=keys).delete()
    Learner.objects.filter(pk__in=keys).delete()


def _put_back(free: list[Touched], upload: Upload) -> None:
    steps = [
        Step(one.now.pk, one.now.state, one.before, one.now.has_contact, one.now.user_id)
        for one in free
        if one.now and one.before
    ]
    school, today = upload.organisation_id, clock.today()
    store(steps, school_id=school, today=today)
    places = [(step.before.place if step.before else None, step.after.place) for step in steps]
    begun = [now.entry for now, before in places if now and (before is None or now.entry != before.entry)]
    RollEntry.objects.filter(pk__in=begun).delete()
    update_in(RollEntry, ["local_id", "ended_on"], [_held(before) for _now, before in places if before])


def _held(place: Place) -> tuple[int, str, None]:
    """The place holds again, as if it had never ended."""
    return place.entry, place.local_id, None


def forget_roll(upload: Upload) -> None:
    """Nothing of how learners were before this roll is kept, so it cannot be undone any more."""
    RollImage.objects.filter(upload=upload).delete()
