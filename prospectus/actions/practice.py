"""What a sandbox teaches: drafts for ever, which only those who keep a provider's courses see, and it has nobody."""

from prospectus.models import Course, CourseRun
from providers.models import Cycle, Organisation

TITLES = ("Practice course A", "Practice course B", "Practice course C")


def lay_on_practice_courses(*, sandbox: Organisation, cycle: Cycle) -> list[CourseRun]:
    """A sandbox has a run of each practice course for this year: those there were, or new ones.

    For actions that hold the sandbox's lock.
    """
    runs = []
    for place, title in enumerate(TITLES, start=1):
        course, _is_new = Course.objects.get_or_create(
            provider=sandbox, provider_reference=f"PRACTICE-{place}", defaults={"title": title}
        )
        run, _is_new = CourseRun.objects.get_or_create(
            course=course,
            provider_reference=f"PRACTICE-{place}-{cycle.entry_year}",
            defaults={"is_flexible_start": True, "takes_applications": True},
        )
        runs.append(run)
    return runs
