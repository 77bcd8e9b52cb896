"""Use of the site: what today's pages came to by minute until the night, and what each day came to after it. No row
says who it was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReaderKind(models.TextChoices):
    VISITOR = "visitor", _("Not signed in")
    LEARNER = "learner", _("Learners and people they have let in")
    STAFF = "staff", _("Staff")


class PageKind(models.TextChoices):
    HOME = "home", _("Front page")
    FINDING = "finding", _("Finding courses")
    COURSE = "course", _("A course or a provider")
    PLAN = "plan", _("Plan and messages")
    APPLYING = "applying", _("Applying")
    ACCOUNT = "account", _("Sign-in and account")
    ABOUT = "about", _("About this site")
    DESK = "desk", _("Staff pages")


class DaySalt(models.Model):
    """What today's addresses are mixed with before anything of them is kept. Gone when the day is: then nobody can say
    any more which address, or which account, a code word came from."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"salt of {self.day}"


class PageShown(models.Model):
    """Pages of one kind that one of the day's visitors was shown in one minute. Folded into ``SiteUse`` in the night
    and removed."""

    minute = models.DateTimeField()
    day = models.DateField(help_text="In London.")
    visitor = models.BinaryField(max_length=16, help_text="A code word that is another one tomorrow.")
    area = models.ForeignKey(
        "providers.Area", null=True, on_delete=models.CASCADE, related_name="+"
    )  # a count about it
    reader = models.CharField(max_length=10, choices=ReaderKind)
    page = models.CharField(max_length=10, choices=PageKind)
    times = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="page_shown_on")]

    def __str__(self) -> str:
        return f"{self.page} {self.minute}"


class SiteUse(models.Model):
    """What a day came to in an area, for one kind of reader and of page, or for all pages together."""

    day = models.DateField()
    area = models.ForeignKey(
        "providers.Area", null=True, on_delete=models.CASCADE, related_name="+",
        help_text="Empty: at addresses that all areas share.",
    )  # a count about it  # fmt: skip
    reader = models.CharField(max_length=10, choices=ReaderKind)
    page = models.CharField(max_length=10, choices=PageKind, blank=True, help_text="Empty: all pages.")
    visitors = models.PositiveIntegerField(help_text="Different ones on this day.")
    visits = models.PositiveIntegerField(help_text="A visit ends when no page follows for 30 minutes.")
    pages = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(help_text="From the first to the last page of each visit, together.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_use_per_day_area_reader_and_page", fields=["day", "area", "reader", "page"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="use_reader_known", condition=Q(reader__in=ReaderKind.values)),
            models.CheckConstraint(name="use_page_known", condition=Q(page__in=["", *PageKind.values])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day} {self.reader} {self.page}: {self.visits}"
