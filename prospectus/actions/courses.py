"""Publishing what a provider handed over: its whole catalogue, staged row by row and merged at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from activity.actions import record
from prospectus.actions.merging import Merge
from prospectus.actions.places import lock_runs
from prospectus.actions.remembering import CatalogueMemory
from prospectus.actions.renumbering import renamed_courses, renamed_runs
from prospectus.actions.search import refresh_search
from prospectus.actions.shared_courses import keep_consortia, refuse_places, stage_parts
from prospectus.actions.sites import keep_sites
from prospectus.actions.staged import AS_FEEDS_SAY, Called, StagedCourse
from prospectus.models import CourseRun
from providers.models import Organisation, Site, Upload
from providers.uploads import RowIssue
from providers.workflow import UploadMode


class Published(NamedTuple):
    """What publishing did. Courses and runs are counted alike, as records."""

    added: int
    changed: int
    ended: int
    unchanged: int
    issues: list[RowIssue]


@transaction.atomic
def publish_catalogue(
    *,
    provider: Organisation,
    upload: Upload,
    course_columns: Sequence[str],
    run_columns: Sequence[str],
    courses: Iterable[StagedCourse],
    places: Mapping[str, Any],
    broken: Iterable[str],
    by: Any,
    kept: Collection[str] | None = None,
    spot: str = "line",
    called: Called = AS_FEEDS_SAY,
) -> Published:
    """The provider's catalogue is these courses and runs; what it no longer has is ended, and search knows it.

    Columns are named as on the models; both start with ``provider_reference``. ``courses`` is read once, in batches;
    ``places`` (by the key runs use) and ``broken`` (references of courses whose rows could not be used, and which
    therefore stay as they are) are read after it. Courses entered by hand, which no upload made, are never ended; an
    upload that says it is only some of the catalogue ends nothing. ``kept`` are columns the file does not have: what is
    here stays; None where the kind of file decides. ``spot`` is what the file's places are called.
    """
    # One publisher of a provider at a time. Not a full lock: choices may still be made that point at the provider.
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    is_everything = upload.mode == UploadMode.REPLACE
    merge = Merge(
        provider=provider,
        upload=upload,
        course_columns=course_columns,
        run_columns=run_columns,
        kept=kept,
        spot=spot,
        called=called,
    )
    merge.stage(courses)
    issues = [*merge.repeated_courses(), *merge.repeated_runs()]
    # A rehearsal is taken back as a whole.
    memory = None if upload.is_rehearsal else CatalogueMemory(provider)
    keys, have_sites_changed = keep_sites(provider=provider, places=places)
    merge.stage_sites(keys)
    merge.stage_broken(broken)
    # Places being taken and this merge wait for each other, in key order, instead of ending in a deadlock.
    lock_runs(run_ids=CourseRun.objects.filter(course__provider=provider).values_list("pk", flat=True))
    if is_everything:
        issues += [*renamed_courses(merge), *renamed_runs(merge)]
    issues += [*keep_consortia(merge, provider), *refuse_places(merge), *stage_parts(merge, provider)]
    added, changed = (sum(pair) for pair in zip(merge.merge_courses(), merge.merge_runs(), strict=True))
    changed += merge.merge_requirements() + merge.merge_parts()
    ended = merge.end_runs() + merge.end_rolled_drafts() + merge.withdraw_courses() if is_everything else 0
    if memory:
        memory.keep(upload)
    merge.say_checked()
    published = Published(added, changed, ended, merge.staged() - added - changed, issues)
    if not provider.is_provider:
        provider.is_provider = True
        provider.save(update_fields=["is_provider"])
    # A rehearsal is taken back before anybody could search; other providers need not wait for it.
    if (added or changed or ended or have_sites_changed) and not upload.is_rehearsal:
        refresh_search(provider=provider)
    facts = {"added": added, "changed": changed, "ended": ended, "unchanged": published.unchanged}
    record("courses.publish", subject=upload, by=by, provider=provider.pk, **facts)
    return published


@transaction.atomic
def publish_sites(*, provider: Organisation, upload: Upload, places: Mapping[str, Any], by: Any) -> int:
    """The places of the upload are sites of the provider, and search knows it. Returns how many are new or changed.

    Courses are left alone, and so are sites that the upload does not name.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    before = {site.pk: _image(site) for site in Site.objects.filter(organisation=provider)}
    memory = None if upload.is_rehearsal else CatalogueMemory(provider)
    keys, has_changed = keep_sites(provider=provider, places=places)
    if memory:
        memory.keep(upload, says_right=False)
    after = {site.pk: _image(site) for site in Site.objects.filter(pk__in=keys.values())}
    changed = sum(before.get(key) != image for key, image in after.items())
    if has_changed and not upload.is_rehearsal:
        refresh_search(provider=provider)
    record("sites.publish", subject=upload, by=by, provider=provider.pk, changed=changed)
    return changed


def _image(site: Site) -> tuple[Any, ...]:
    return tuple(getattr(site, field.attname) for field in Site._meta.concrete_fields)
