from typing import Any

from django.db import models

from accounts.models import Learner


class ContactQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ContactQuerySet":
        """Contacts with the learners this adviser answers for today, whoever recorded them."""
        return self.filter(learner__in=Learner.objects.on_caseload_of(user).values("pk"))

    def for_list(self) -> "ContactQuerySet":
        return self.select_related("learner", "by")
