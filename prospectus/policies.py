from typing import Any

from core.policies import Policy, the_service
from core.querysets import has_any
from prospectus.models import Consortium, Course, CourseRun, Feed
from providers.models import Organisation, Site, StaffRole


def keeps_the_courses(user: Any, provider: Organisation) -> bool:
    """Editors and managers of the provider, while their role lasts."""
    return has_any(Organisation.objects.editing_through(user), [provider.pk])


def keeps_the_course(user: Any, course: Course) -> bool:
    """Editors and managers of the course's provider."""
    return has_any(Organisation.objects.editing_through(user), [course.provider_id])


def keeps_the_run(user: Any, run: CourseRun) -> bool:
    """Editors and managers of the provider of the run's course."""
    return keeps_the_course(user, run.course)


def keeps_the_site(user: Any, site: Site) -> bool:
    """Editors and managers of the provider it belongs to."""
    return has_any(Organisation.objects.editing_through(user), [site.organisation_id])


def leads(user: Any, consortium: Consortium) -> bool:
    """Editors and managers of the provider that leads."""
    return has_any(Organisation.objects.editing_through(user), [consortium.lead_id])


def looks_after_providers(user: Any, _provider: Any) -> bool:
    """Area coordinators, and officers of an authority. A partnership has one desk, so it is for all of its areas."""
    return StaffRole.objects.over_areas(user).exists()


def keeps_the_feed(user: Any, feed: Feed) -> bool:
    """Editors and managers of its provider; and those who look after all providers."""
    own = feed.provider is not None and keeps_the_courses(user, feed.provider)
    return own or looks_after_providers(user, feed.provider)


def takes_part(user: Any, consortium: Consortium) -> bool:
    """Editors and managers of a provider that was asked to take part, or does."""
    kept = Organisation.objects.editing_through(user)
    return kept.filter(partnerships__consortium=consortium, partnerships__ended_on=None).exists()


def keeps_search_words(user: Any, _rule: Any) -> bool:
    """Area coordinators, and officers of an authority: the words are the same in all areas."""
    return StaffRole.objects.over_areas(user).exists()


PROVIDER_POLICY = Policy(
    {
        "open_for_applications": keeps_the_courses,
        "close_for_applications": keeps_the_courses,
        "set_opening": keeps_the_courses,
        "create_course": keeps_the_courses,
        "create_consortium": keeps_the_courses,
        "create_site": keeps_the_courses,
        "edit_profile": keeps_the_courses,
        "roll_over": keeps_the_courses,
        "publish_ready": keeps_the_courses,
        "confirm_courses": keeps_the_courses,
        "mend_courses": keeps_the_courses,
        "explain_columns": keeps_the_courses,
    }
)
COURSE_POLICY = Policy(
    {
        "edit": keeps_the_course,
        "publish": keeps_the_course,
        "withdraw": keeps_the_course,
        "bring_back": keeps_the_course,
    }
)
RUN_POLICY = Policy({"edit": keeps_the_run, "publish": keeps_the_run, "end": keeps_the_run})
SITE_POLICY = Policy({"edit": keeps_the_site, "end": keeps_the_site, "merge": keeps_the_site})
CONSORTIUM_POLICY = Policy({"edit": leads, "end": leads, "join": takes_part, "leave": takes_part})
SEARCH_WORDS_POLICY = Policy({"change_synonym": keeps_search_words, "change_phrase": keeps_search_words})
FEED_POLICY = Policy(
    {
        "add": keeps_the_feed,
        "try": keeps_the_feed,
        "edit": keeps_the_feed,
        "resume": keeps_the_feed,
        "pause": keeps_the_feed,
        "end": keeps_the_feed,
        "fetch": the_service,
        "fail": the_service,
        "recover": the_service,
    }
)
# What waits for the area's editors is read by those who look after its providers.
REVIEW_POLICY = Policy({"change": the_service, "check": looks_after_providers, "return": looks_after_providers})
HEALTH_POLICY = Policy(
    {"see_league": looks_after_providers, "pause": looks_after_providers, "change_rule": looks_after_providers}
)
