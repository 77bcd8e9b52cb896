from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.queries import what_erasure_does
from accounts.workflow import DOUBT_FLOW
from activity.kinds import KINDS, TOPICS
from activity.workflow import JOB_FLOW
from applications.workflow import CHOICE_FLOW, DELIVERY_FLOW, WEBHOOK_FLOW
from core import personal
from ilp.workflow import (
    AGREED_ACTION_FLOW,
    BOOKING_FLOW,
    ENTRY_FLOW,
    EXPERIENCE_FLOW,
    FLAG_FLOW,
    HELP_FLOW,
    TARGET_FLOW,
    VERSION_FLOW,
)
from ilp.workflow import REVIEW_FLOW as LEARNER_REVIEW_FLOW
from prospectus.workflow import COURSE_FLOW, FEED_FLOW, REVIEW_FLOW, RUN_FLOW
from providers.workflow import UPLOAD_FLOW

DIAGRAMS = {
    "agreed_action": AGREED_ACTION_FLOW,
    "booking": BOOKING_FLOW,
    "choice": CHOICE_FLOW,
    "course": COURSE_FLOW,
    "course_review": REVIEW_FLOW,
    "course_run": RUN_FLOW,
    "doubt": DOUBT_FLOW,
    "entry": ENTRY_FLOW,
    "experience": EXPERIENCE_FLOW,
    "feed": FEED_FLOW,
    "help_request": HELP_FLOW,
    "job": JOB_FLOW,
    "learner_review": LEARNER_REVIEW_FLOW,
    "message_flag": FLAG_FLOW,
    "plan_template": VERSION_FLOW,
    "target": TARGET_FLOW,
    "upload": UPLOAD_FLOW,
    "webhook": WEBHOOK_FLOW,
    "webhook_delivery": DELIVERY_FLOW,
}


def keeping() -> str:
    """How long things are kept, and what an erasure does: the list of ``core.personal`` in words."""
    rules = [f"| {one.title} | {one.days} | {one.least_days} | {one.source} |" for one in personal.RETENTIONS.values()]
    fixed = [f"| {one.title} | {one.days} | {one.since} |" for one in personal.TIDYINGS.values()]
    words = {"all": "all of it", "part": "everything that says who it was", "none": "nothing"}
    fates = [f"| {fate.title} | {words[fate.goes]} | {fate.because} |" for fate in what_erasure_does()]
    return "\n".join(
        [
            "# How long things are kept",
            "",
            "Written by `./portal docs` from what each floor registers (`core/personal.py`); do not edit. Officers",
            "see the same under Records, with how many would go tonight.",
            "",
            "## As long as officers say",
            "",
            "| what | days | at least | why so long |",
            "| --- | --- | --- | --- |",
            *rules,
            "",
            "## For a time that is part of how things work",
            "",
            "| what | days | counted from |",
            "| --- | --- | --- |",
            *fixed,
            "",
            "## When a record is erased",
            "",
            "| what | removed | why something stays |",
            "| --- | --- | --- |",
            *fates,
            "",
        ]
    )


def messages() -> str:
    """Every kind of message: who gets it, when, what they choose, and the line somebody sees first."""
    rows = []
    for kind in sorted(KINDS.values(), key=lambda kind: (str(kind.audience), kind.name)):
        topic, samples = TOPICS[kind.topic], list(kind.samples())
        chosen = topic.choices if topic.can_choose else f"nothing: {topic.why}"
        facts = (f"`{kind.name}`", kind.audience.label, kind.occasion, chosen, len(samples), samples[0].subject)
        rows.append("| " + " | ".join(str(fact).replace("|", "/") for fact in facts) + " |")
    return "\n".join(
        [
            "# Every message",
            "",
            "Written by `./portal docs` from what each floor registers (`activity/kinds.py`); do not edit. Who looks",
            "after an area reads all of them, in every situation, under Messages sent. No e-mail names a learner, a",
            "course or an answer: telephones are shared.",
            "",
            "| kind | who gets it | when | what they choose | readings | first subject |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


class Command(BaseCommand):
    help = (
        "Writes the generated documents: the flow diagrams under docs/diagrams, docs/keeping.md and docs/messages.md. "
        "--check only says which are stale."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a document is stale.")

    def handle(self, *args: Any, **options: Any) -> None:
        docs = Path(settings.BASE_DIR) / "docs"
        (docs / "diagrams").mkdir(parents=True, exist_ok=True)
        documents = {docs / "diagrams" / f"{name}.mmd": flow.mermaid() for name, flow in DIAGRAMS.items()}
        documents[docs / "keeping.md"] = keeping()
        documents[docs / "messages.md"] = messages()
        stale = []
        for path, text in documents.items():
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path.relative_to(settings.BASE_DIR).as_posix())
            if not options["check"]:
                path.write_text(text, encoding="utf-8")
        if options["check"] and stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run ./portal docs and commit what it writes.")
        self.stdout.write(f"{len(documents)} documents, {len(stale)} {'stale' if options['check'] else 'written'}")
