"""What an upload of courses would change or has changed, in words; and when it should be looked at twice."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from prospectus.models import Course, CourseRun, QualificationType, Subject
from prospectus.models.course import Delivery, Pattern, ProvisionKind, Stage, StudyMode, in_pounds
from prospectus.registry import live_on
from prospectus.texts import plain_text
from prospectus.workflow import CourseState, RunState
from providers.models import Upload
from providers.uploads import Said
from providers.workflow import ChangeAction

# An upload that takes out more than this share of what is on offer, and no fewer than this many, is held.
MOST_GONE = 0.2
FEWEST_GONE = 5
LONGEST = 240  # characters of a text shown in a list of changes
BEFORE = 40  # of them before the first difference
MADE_UP = "run:"  # how the codes begin that are made here for a run without one
AGAIN = _("It is checked again when you confirm, and nothing else is published than what you have seen.")

CHOICES = {
    "kind": ProvisionKind, "stage": Stage, "study_mode": StudyMode, "delivery": Delivery, "pattern": Pattern,
}  # fmt: skip
STATES = {"course": CourseState, "run": RunState}
WORDS = {
    "provider_reference": _("Your code"),
    "kind": _("Kind"),
    "stage": _("Who it is for"),
    "title": _("Title"),
    "summary": _("Summary"),
    "what_you_do": _("What you do"),
    "who_it_is_for": _("Who it is for"),
    "entry_requirements": _("Entry requirements"),
    "how_assessed": _("How it is assessed"),
    "leads_to": _("What it leads to"),
    "costs_and_help": _("Costs and help"),
    "other_texts": _("Other texts"),
    "qualification_title": _("Qualification"),
    "qualification_type": _("Kind of qualification"),
    "awarding_organisation": _("Awarding organisation"),
    "levels": _("Levels"),
    "level_text": _("Level in your words"),
    "subject": _("Subject"),
    "subject_words": _("Subject in your words"),
    "search_words": _("Words to be found by"),
    "website": _("Web page"),
    "state": _("State"),
    "consortium": _("Taught with"),
    "requirements": _("Entry grades"),
    "parts": _("Parts"),
    "starts_on": _("Starts"),
    "start_text": _("Start in your words"),
    "ends_on": _("Ends"),
    "is_flexible_start": _("Can be started any time"),
    "duration_text": _("How long"),
    "study_mode": _("Full or part time"),
    "delivery": _("Where it is taught"),
    "pattern": _("When in the week"),
    "mode_text": _("How it is studied, in your words"),
    "cost_pence": _("Cost"),
    "cost_text": _("Cost in your words"),
    "extra_cost_pence": _("Further costs"),
    "option_block": _("Option block"),
    "places": _("Places"),
    "apply_from_on": _("Apply from"),
    "apply_until_on": _("Apply until"),
    "apply_url": _("Where to apply"),
    "site": _("Site"),
    "ended_on": _("Taken out on"),
    "name": _("Name"),
    "address": _("Address"),
    "town": _("Town"),
    "postcode": _("Postcode"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "is_exact": _("Place is exact"),
}


class Line(NamedTuple):
    """One thing before and after an upload. The images are as ``prospectus.actions.watching`` makes them."""

    thing: str
    key: int
    is_new: bool
    was_held: bool
    is_held: bool
    is_same_place: bool
    course_title: str
    before: str | None
    after: str

    @property
    def title(self) -> str:
        """What people know it by. A run has no title: its course's, when, and where."""
        return run_title(self.course_title, json.loads(self.after)) if self.thing == "run" else self.course_title

    @property
    def differing(self) -> dict[str, tuple[Any, Any]]:
        """Each field that is otherwise: how it was and how it is."""
        old, new = json.loads(self.before or "{}"), json.loads(self.after)
        fields = {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}
        if self.thing == "run" and self.is_same_place:
            fields.pop("site", None)  # the site was renamed, not the run moved
        elif self.thing == "run":
            fields["site"] = (old.get("site"), new["site"])
        return fields


def run_title(course_title: str, run: Mapping[str, Any]) -> str:
    """What people know a run by, which has no title of its own."""
    start = "any time" if run["is_flexible_start"] else _day(run["starts_on"]) if run["starts_on"] else ""
    code = run["provider_reference"]
    told = start or run["start_text"] or ("no start given" if code.startswith(MADE_UP) else code)
    return ": ".join(filter(None, (course_title, ", ".join(filter(None, (told[:80], run["site"]))))))


def why_held(counts: Mapping[str, Any]) -> str:
    """The sentence for an upload that takes out a large share of what is on offer; empty for another."""
    parts = [
        f"{counts[f'{thing}_gone']:,} of your {counts[f'{thing}_offered']:,} {words}"
        for thing, words in (("courses", "courses"), ("runs", "dates"))
        if counts[f"{thing}_gone"] >= FEWEST_GONE and counts[f"{thing}_gone"] > MOST_GONE * counts[f"{thing}_offered"]
    ]
    if not parts:
        return ""
    return f"This file would take {' and '.join(parts)} out of the prospectus. Is anything missing from it?"


def news_since(upload: Upload) -> str:
    """What has happened to the provider's courses since the upload was checked, in one sentence; empty for nothing."""
    since = upload.job.started_at if upload.job else None
    if since is None:
        return ""
    courses = Course.objects.filter(provider=upload.organisation_id, changed_at__gt=since)
    runs = CourseRun.objects.filter(course__provider=upload.organisation_id, changed_at__gt=since)
    if courses.exists() or runs.exists():
        return f"{gettext('Some of your courses have been changed since this file was checked.')} {AGAIN}"
    gone = upload.changes.filter(thing="run", action=ChangeAction.ENDED)
    if live_on(list(gone.values_list("thing_key", flat=True))) > upload.counts.get("learners", 0):
        sentence = gettext("Somebody has applied, since this file was checked, for something that it would end.")
        return f"{sentence} {AGAIN}"
    return ""


def say_changes(changes: Sequence[Any]) -> list[list[Said]]:
    """The fields of each change in words, a list for each. Asks the database for the names of codes once."""
    pairs = [change.fields.get(name, ()) for change in changes for name in ("subject", "qualification_type")]
    codes = {code for pair in pairs for code in pair if code}
    names: dict[str, str] = {}
    if codes:
        names = dict(Subject.objects.filter(pk__in=codes).values_list("pk", "name"))
        names |= dict(QualificationType.objects.filter(pk__in=codes).values_list("pk", "name"))
    return [
        [Said(WORDS[name], *_shortened(*(_say(change.thing, name, value, names) for value in change.fields[name])))
         for name in WORDS if name in change.fields]
        for change in changes
    ]  # fmt: skip


def _say(thing: str, name: str, value: Any, names: Mapping[str, str]) -> str:
    choices = STATES[thing] if name == "state" else CHOICES.get(name)
    if value in (None, "", []):
        said = ""
    elif choices:
        said = str(choices(value).label)
    elif isinstance(value, bool):
        said = "Yes" if value else "No"
    elif name.endswith("_pence"):
        said = in_pounds(value) if value else "Free"
    elif name.endswith("_on"):
        said = _day(value)
    elif isinstance(value, list):
        said = plain_text("; ".join(map(_one, value)))
    else:
        said = names.get(value) or plain_text(str(value))
    return said


def _one(part: Any) -> str:
    """One of several values, which may itself have parts: a heading with its text, a requirement."""
    if isinstance(part, list):
        return " ".join(str(each) for each in part if each not in (None, "") and not isinstance(each, bool))
    return str(part)


def _shortened(old: str, new: str) -> tuple[str, str]:
    """Both texts around the first place where they differ."""
    if max(len(old), len(new)) <= LONGEST:
        return old, new
    both = zip(old, new, strict=False)
    same = next((at for at, (one, other) in enumerate(both) if one != other), min(len(old), len(new)))
    start = max(same - BEFORE, 0) if same > LONGEST / 2 else 0
    return _part(old, start), _part(new, start)


def _part(text: str, start: int) -> str:
    part = text[start : start + LONGEST]
    return f"{'…' if start and part else ''}{part}{'…' if start + LONGEST < len(text) else ''}"


def _day(value: str) -> str:
    return date_format(dt.date.fromisoformat(value), "j F Y")
