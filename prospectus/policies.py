from typing import Any

from core.policies import Policy
from providers.models import Organisation


def keeps_the_courses(user: Any, provider: Organisation) -> bool:
    """Editors and managers of the provider, while their role lasts."""
    return Organisation.objects.editing_through(user).filter(pk=provider.pk).exists()


PROVIDER_POLICY = Policy({"open_for_applications": keeps_the_courses, "close_for_applications": keeps_the_courses})
