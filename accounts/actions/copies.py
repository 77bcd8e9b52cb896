"""A copy of everything kept of a learner, for themselves."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import DataCopy, Learner
from accounts.policies import COPY_POLICY, LEARNER_POLICY
from accounts.queries import told
from activity.actions import enqueue, record
from activity.workflow import JobState
from core import clock
from core.errors import RuleBroken


@transaction.atomic
def ask_copy(*, learner: Learner, by: Any) -> DataCopy:
    """A copy of the learner's data is being made.

    Raises: NotAllowed (only the learner), RuleBroken ``copy_running``. Source: UK GDPR article 15.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "ask_copy", learner)
    if DataCopy.objects.filter(learner=learner, job__state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        raise RuleBroken(_("A copy is being made now. Wait until it is ready."), code="copy_running")
    copy = DataCopy.objects.create(learner=learner, by=by)
    copy.job = enqueue("data-copy", key=f"data-copy:{copy.pk}", by=by, copy_id=copy.pk)
    copy.save(update_fields=["job"])
    record("copy.ask", subject=copy, by=by)
    return copy


def make_copy(*, copy: DataCopy, progress: Callable[..., None] = lambda **_: None, by: None = None) -> DataCopy:
    """The copy can be fetched for a week. Written in the caller's one transaction; doing it again changes nothing."""
    COPY_POLICY.require(by, "make", copy)
    copy = DataCopy.objects.select_for_update().select_related("learner__area").get(pk=copy.pk)
    if copy.made_at is not None:
        return copy
    sections = told(copy.learner, progress=progress)
    copy.zip = _zipped(copy, sections)
    copy.made_at = clock.now()
    copy.expires_at = clock.now() + DataCopy.KEPT_FOR
    copy.save(update_fields=["zip", "made_at", "expires_at"])
    record("copy.make", subject=copy, by=by)
    return copy


def _zipped(copy: DataCopy, sections: list[Any]) -> bytes:
    file = io.BytesIO()
    page = render_to_string(
        "accounts/data_copy.html",
        {
            "sections": sections,
            "made_at": clock.now(),
            "copy": copy,
            "portal_name": settings.PORTAL_NAME,
        },
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("your-data.html", page)
        for section in sections:
            zipped.writestr(f"data/{section.name}.json", json.dumps(section.plain, indent=1, ensure_ascii=False))
    return file.getvalue()


@transaction.atomic
def fetch_copy(*, copy: DataCopy, by: Any) -> bytes:
    """The file is handed over; it stays until it expires, because a download can fail.

    Raises: NotAllowed, RuleBroken ``copy_not_ready`` and ``copy_expired``.
    """
    copy = DataCopy.objects.select_for_update().get(pk=copy.pk)
    COPY_POLICY.require(by, "fetch", copy)
    if copy.made_at is None:
        raise RuleBroken(_("This copy is not ready yet."), code="copy_not_ready")
    if copy.zip is None or copy.expires_at is None or copy.expires_at <= clock.now():
        raise RuleBroken(_("This copy was kept for a week and is gone. Ask for a new one."), code="copy_expired")
    copy.fetched_at = clock.now()
    copy.save(update_fields=["fetched_at"])
    record("copy.fetch", subject=copy, by=by)
    return bytes(copy.zip)


def remove_expired_copies() -> int:
    """No copy is kept past its week. The answer is how many were removed."""
    return DataCopy.objects.past_expiry().update(zip=None)
