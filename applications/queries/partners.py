"""Who of a consortium may teach a choice that its lead received."""

from applications.models import Choice
from prospectus.actions.parts import teachers_of
from providers.models import Organisation


def partners_for(choice: Choice) -> list[Organisation]:
    """Partners of today that teach every course of the choice, by name; none where the provider teaches alone."""
    if any(each.run.course.consortium_id is None for each in choice.choice_runs.all()):
        return []
    courses = [each.run.course for each in choice.choice_runs.select_related("run__course__consortium__lead")]
    taught = [{one.pk: one for one in teachers_of(course) if one.pk != choice.provider_id} for course in courses]
    if not taught:
        return []
    keys = set.intersection(*(set(each) for each in taught))
    return sorted((taught[0][key] for key in keys), key=lambda one: (one.name.casefold(), one.pk))
