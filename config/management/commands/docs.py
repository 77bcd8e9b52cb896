from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.workflow import DOUBT_FLOW
from activity.workflow import JOB_FLOW
from applications.workflow import CHOICE_FLOW
from prospectus.workflow import COURSE_FLOW, FEED_FLOW, REVIEW_FLOW, RUN_FLOW
from providers.workflow import UPLOAD_FLOW

DIAGRAMS = {
    "choice": CHOICE_FLOW,
    "course": COURSE_FLOW,
    "course_review": REVIEW_FLOW,
    "course_run": RUN_FLOW,
    "doubt": DOUBT_FLOW,
    "feed": FEED_FLOW,
    "job": JOB_FLOW,
    "upload": UPLOAD_FLOW,
}


class Command(BaseCommand):
    help = "Writes the generated documents: the flow diagrams under docs/diagrams. --check only says which are stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a document is stale.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "diagrams"
        folder.mkdir(parents=True, exist_ok=True)
        stale = []
        for name, flow in DIAGRAMS.items():
            path = folder / f"{name}.mmd"
            if path.exists() and path.read_text(encoding="utf-8") == flow.mermaid():
                continue
            stale.append(path.relative_to(settings.BASE_DIR).as_posix())
            if not options["check"]:
                path.write_text(flow.mermaid(), encoding="utf-8")
        if options["check"] and stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run ./portal docs and commit what it writes.")
        self.stdout.write(f"{len(DIAGRAMS)} documents, {len(stale)} {'stale' if options['check'] else 'written'}")
