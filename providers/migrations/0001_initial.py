import core.clock
import core.references
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("activity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LocalAuthority",
            fields=[
                (
                    "code",
                    models.CharField(
                        help_text="Department code, three digits.", max_length=3, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("ons_code", models.CharField(blank=True, max_length=9)),
                ("region", models.CharField(blank=True, max_length=40)),
                ("is_current", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name_plural": "local authorities",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Outcode",
            fields=[
                ("code", models.CharField(max_length=4, primary_key=True, serialize=False)),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("country", models.CharField(help_text="ENG, SCT, WLS and so on.", max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="areas",
                        to="providers.localauthority",
                    ),
                ),
                (
                    "holding",
                    models.CharField(
                        choices=[
                            ("here", "Kept here by its providers"),
                            ("feed", "Fetched from the area's own system"),
                            ("dataset", "Sent by the area as a file"),
                        ],
                        db_default="here",
                        default="here",
                        max_length=10,
                    ),
                ),
                (
                    "fresh_days",
                    models.PositiveSmallIntegerField(
                        db_default=60,
                        default=60,
                        help_text="Days after which its courses should have been checked again.",
                    ),
                ),
                (
                    "highest_level",
                    models.PositiveSmallIntegerField(
                        db_default=3, default=3, help_text="Courses wholly above this level stay drafts."
                    ),
                ),
                (
                    "applying_from_on",
                    models.DateField(
                        blank=True,
                        help_text="First day on which its providers take applications here. Empty: already.",
                        null=True,
                    ),
                ),
                (
                    "is_practice",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The one area of all sandboxes and their made-up learners.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_practice", True)), fields=("is_practice",), name="one_practice_area"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cycles", to="providers.area"
                    ),
                ),
                (
                    "entry_year",
                    models.PositiveSmallIntegerField(help_text="The year whose September the learner starts in."),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[("post_16", "After Year 11"), ("pre_16", "In Years 10 and 11")],
                        db_default="post_16",
                        default="post_16",
                        help_text="Who it is for.",
                        max_length=10,
                    ),
                ),
                (
                    "first_year_group",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="The youngest school year that may apply. Empty: any.", null=True
                    ),
                ),
                (
                    "last_year_group",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="The oldest school year that may apply. Empty: any.", null=True
                    ),
                ),
                ("opens_on", models.DateField(help_text="First day to send an application.")),
                ("closes_on", models.DateField(help_text="Last day to send an application on time.")),
                (
                    "ends_on",
                    models.DateField(help_text="Last day of the cycle; choices still open are closed after it."),
                ),
                (
                    "choice_limit",
                    models.PositiveSmallIntegerField(default=5, help_text="Live choices a learner may have at once."),
                ),
                (
                    "has_endorsement",
                    models.BooleanField(
                        default=False, help_text="The home school endorses before the provider sees it."
                    ),
                ),
                (
                    "endorsement_days",
                    models.PositiveSmallIntegerField(default=10, help_text="Working days the school has."),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(default=15, help_text="Working days a provider has to answer."),
                ),
                (
                    "reply_days",
                    models.PositiveSmallIntegerField(
                        default=10, help_text="Working days a learner has to reply to an offer."
                    ),
                ),
                ("can_hold", models.BooleanField(default=True, help_text="A learner may keep one offer in reserve.")),
                (
                    "first_reminder_days",
                    models.PositiveSmallIntegerField(
                        db_default=5,
                        default=5,
                        help_text="Working days before an offer runs out that the learner is reminded.",
                    ),
                ),
                (
                    "second_reminder_days",
                    models.PositiveSmallIntegerField(
                        db_default=2,
                        default=2,
                        help_text="Working days before an offer runs out of the second reminder.",
                    ),
                ),
                (
                    "last_chance_days",
                    models.PositiveSmallIntegerField(
                        db_default=2,
                        default=2,
                        help_text="Working days an offer stands at least after the second reminder.",
                    ),
                ),
                (
                    "results_on",
                    models.DateField(blank=True, help_text="The day results come out. Empty: not said.", null=True),
                ),
                (
                    "results_from",
                    models.TimeField(blank=True, help_text="Learners see results from this hour, London.", null=True),
                ),
                (
                    "answers_from",
                    models.TimeField(blank=True, help_text="Learners can answer again from this hour.", null=True),
                ),
            ],
            options={
                "ordering": ["-entry_year", "area__name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("area", "entry_year", "phase"), name="one_cycle_per_area_year_and_phase"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phase__in", ["post_16", "pre_16"])), name="cycle_phase_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_year_group", None),
                            ("last_year_group", None),
                            ("first_year_group__lte", models.F("last_year_group")),
                            _connector="OR",
                        ),
                        name="cycle_year_groups_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_on__lte", models.F("closes_on")), ("closes_on__lte", models.F("ends_on"))
                        ),
                        name="cycle_dates_in_order",
                    ),
                    models.CheckConstraint(condition=models.Q(("choice_limit__gte", 1)), name="cycle_has_choices"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answers_from", None), ("results_from", None), ("results_on", None)),
                            models.Q(
                                ("answers_from__gt", models.F("results_from")),
                                ("results_from__isnull", False),
                                ("results_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="cycle_results_day_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="closures", to="providers.area"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
            ],
            options={
                "ordering": ["starts_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="closure_dates_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("school", "School"),
                            ("college", "College"),
                            ("training_provider", "Training provider"),
                            ("advice_service", "Advice service"),
                            ("authority", "Local authority"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="organisations", to="providers.area"
                    ),
                ),
                (
                    "is_provider",
                    models.BooleanField(default=False, help_text="It has courses of its own in the prospectus."),
                ),
                ("takes_applications", models.BooleanField(default=False, help_text="Learners may apply to it here.")),
                (
                    "applying_from_on",
                    models.DateField(
                        blank=True,
                        help_text="First day on which learners apply to it here. Empty: as its area does.",
                        null=True,
                    ),
                ),
                (
                    "ukprn",
                    models.CharField(
                        blank=True,
                        max_length=8,
                        null=True,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^1\\d{7}$")],
                        verbose_name="UKPRN",
                    ),
                ),
                (
                    "urn",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        null=True,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[1-9]\\d{5}$")],
                        verbose_name="URN",
                    ),
                ),
                ("website", models.URLField(blank=True, max_length=255)),
                ("email", models.EmailField(blank=True, help_text="The office, shown to the public.", max_length=254)),
                ("phone", models.CharField(blank=True, max_length=30)),
                (
                    "about",
                    models.TextField(
                        blank=True, db_default="", help_text="How it describes itself. Plain text, no mark-up."
                    ),
                ),
                (
                    "open_days",
                    models.TextField(blank=True, db_default="", help_text="When one can look round. Plain text."),
                ),
                (
                    "admissions_email",
                    models.EmailField(
                        blank=True, db_default="", help_text="For questions about applying, public.", max_length=254
                    ),
                ),
                ("admissions_phone", models.CharField(blank=True, db_default="", max_length=30)),
                (
                    "profile_changed_at",
                    models.DateTimeField(blank=True, help_text="When its people last described it.", null=True),
                ),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "practice_of",
                    models.OneToOneField(
                        blank=True,
                        help_text="The provider whose programmers practise here. It has no people, and is in no prospectus.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sandbox",
                        to="providers.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "indexes": [models.Index(fields=["area", "kind"], name="providers_o_area_id_a0ba0c_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["school", "college", "training_provider", "advice_service", "authority"])
                        ),
                        name="organisation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("practice_of", None), ("is_provider", False), _connector="OR"),
                        name="sandbox_is_no_provider",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="providers.organisation"
                    ),
                ),
                (
                    "provider_reference",
                    models.CharField(blank=True, help_text="The provider's own code for it.", max_length=120),
                ),
                ("name", models.CharField(max_length=250)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("town", models.CharField(blank=True, max_length=75)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                (
                    "is_exact",
                    models.BooleanField(
                        default=False, help_text="Coordinates are the site's own, not its outcode's middle."
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        help_text="It was the same place; what names this one means that one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="providers.site",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("provider_reference", ""), _negated=True),
                        fields=("organisation", "provider_reference"),
                        name="one_site_per_provider_reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", None), ("ended_on__isnull", False), _connector="OR"),
                        name="merged_site_has_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_roles",
                        to="providers.organisation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tutor", "Tutor"),
                            ("coordinator", "School coordinator"),
                            ("editor", "Course editor"),
                            ("admissions", "Admissions"),
                            ("manager", "Provider manager"),
                            ("adviser", "Personal adviser"),
                            ("officer", "Authority officer"),
                            ("help_desk", "Area coordinator"),
                            ("system", "A college's own system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("started_on", models.DateField(default=core.clock.today)),
                ("ended_on", models.DateField(blank=True, help_text="Last day of the role.", null=True)),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, help_text="Stopped at this moment of its last day.", null=True),
                ),
                (
                    "is_aside",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The person acts for another of their organisations now.",
                    ),
                ),
                (
                    "warned_on",
                    models.DateField(
                        blank=True,
                        help_text="Told that it ends if they do not sign in; holds only if not used since.",
                        null=True,
                    ),
                ),
                ("warned_again_on", models.DateField(blank=True, help_text="Told a second time, as above.", null=True)),
                (
                    "has_lapsed",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Ended by the service, because its holder had not signed in.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("user", "organisation", "kind"),
                        name="one_open_role_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "tutor",
                                    "coordinator",
                                    "editor",
                                    "admissions",
                                    "manager",
                                    "adviser",
                                    "officer",
                                    "help_desk",
                                    "system",
                                ],
                            )
                        ),
                        name="staff_role_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="staff_role_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("ended_on__isnull", False), _connector="OR"),
                        name="stopped_role_has_last_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_lapsed", False), ("ended_at__isnull", False), _connector="OR"),
                        name="lapsed_role_has_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="providers.organisation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tutor", "Tutor"),
                            ("coordinator", "School coordinator"),
                            ("editor", "Course editor"),
                            ("admissions", "Admissions"),
                            ("manager", "Provider manager"),
                            ("adviser", "Personal adviser"),
                            ("officer", "Authority officer"),
                            ("help_desk", "Area coordinator"),
                            ("system", "A college's own system"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="Empty once it is over: an account keeps its own address.", max_length=254
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "token_hash",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the link's token, hex. Empty until the e-mail is sent.",
                        max_length=64,
                    ),
                ),
                (
                    "sendings",
                    models.PositiveSmallIntegerField(default=1, help_text="How often somebody has had it sent."),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        models.F("organisation"),
                        models.F("kind"),
                        condition=models.Q(
                            ("accepted_at", None), ("withdrawn_at", None), models.Q(("email", ""), _negated=True)
                        ),
                        name="one_open_invitation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="one_invitation_per_token",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "tutor",
                                    "coordinator",
                                    "editor",
                                    "admissions",
                                    "manager",
                                    "adviser",
                                    "officer",
                                    "help_desk",
                                    "system",
                                ],
                            )
                        ),
                        name="invitation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None), _connector="OR"),
                        name="invitation_ends_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="Registered with providers.uploads: courses, roll and so on.", max_length=30
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="providers.organisation"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("file", models.FileField(upload_to="uploads/%Y/%m/")),
                ("file_name", models.CharField(help_text="As the person's computer called it.", max_length=255)),
                ("file_size", models.PositiveBigIntegerField(help_text="Bytes.")),
                ("file_sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Being read"),
                            ("checked", "Waiting for you to confirm"),
                            ("held", "Held: look at it again"),
                            ("published", "Published"),
                            ("abandoned", "Not used: put aside"),
                            ("undone", "Published, then undone"),
                            ("refused", "Could not be used"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.job"
                    ),
                ),
                ("counts", models.JSONField(default=dict, help_text="What the result page and the command print.")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("replace", "It is everything: what is not in the file is ended"),
                            ("merge", "It is some of it: what is not in the file stays as it is"),
                        ],
                        db_default="replace",
                        default="replace",
                        max_length=10,
                    ),
                ),
                (
                    "refusal",
                    models.CharField(blank=True, help_text="Why nothing was used, in one sentence.", max_length=300),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="What somebody should know before confirming it.",
                        max_length=300,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Of everything the last check found, issues too.",
                        max_length=64,
                    ),
                ),
                (
                    "headings",
                    models.JSONField(
                        db_default=[],
                        default=list,
                        help_text="Of its columns, where cells of it can be corrected here.",
                    ),
                ),
                (
                    "bad_rows",
                    models.PositiveIntegerField(db_default=0, default=0, help_text="Rows in which something is wrong."),
                ),
                (
                    "fixes_to_check",
                    models.PositiveIntegerField(
                        db_default=0, default=0, help_text="Cells corrected since the file was last checked."
                    ),
                ),
                (
                    "checks",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, help_text="How often it was checked again."
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty again when it must be looked at anew.", null=True
                    ),
                ),
                ("confirmations", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "undo_asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undo_asked_at",
                    models.DateTimeField(blank=True, help_text="Empty again when it must be asked anew.", null=True),
                ),
                (
                    "undo_seen",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Digest of what undoing would do, as they saw it.",
                        max_length=64,
                    ),
                ),
                ("undo_tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["received", "checked", "held", "published", "abandoned", "undone", "refused"],
                            )
                        ),
                        name="upload_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["checked", "held", "received"])),
                        fields=("organisation", "kind"),
                        name="one_open_upload_per_organisation_and_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["replace", "merge"])), name="upload_mode_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="issues", to="providers.upload"
                    ),
                ),
                (
                    "row",
                    models.PositiveIntegerField(
                        help_text="As the spreadsheet shows it (headings are row 1); the line for XML."
                    ),
                ),
                ("column", models.CharField(blank=True, max_length=80)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("code", models.CharField(help_text="Stable: THING_FIELD_RULE.", max_length=60)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("error", "Not used"),
                            ("warning", "Used, but look at it"),
                            ("notice", "For your information"),
                        ],
                        max_length=10,
                    ),
                ),
                ("message", models.CharField(help_text="What is wrong and what to do.", max_length=300)),
            ],
            options={
                "ordering": ["row", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["error", "warning", "notice"])),
                        name="issue_severity_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="providers.upload"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="From 1, in the order people read them.")),
                (
                    "action",
                    models.CharField(
                        choices=[("added", "Added"), ("changed", "Changed"), ("ended", "Ended")], max_length=10
                    ),
                ),
                ("thing", models.CharField(help_text="What it is: course, run, site.", max_length=20)),
                (
                    "thing_key",
                    models.BigIntegerField(
                        help_text="Its primary key; empty for what was not there before.", null=True
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("fields", models.JSONField(default=dict, help_text="{name: [old, new]} of what changed.")),
            ],
            options={
                "ordering": ["upload", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "position"), name="one_change_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["added", "changed", "ended"])), name="change_action_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadReversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reversals", to="providers.upload"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="In the order people read them, from 1.")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("restored", "Put back"),
                            ("taken_out", "Taken out again"),
                            ("kept", "Stays as it is now"),
                        ],
                        max_length=10,
                    ),
                ),
                ("thing", models.CharField(help_text="Named by the upload's kind: course, run, site.", max_length=20)),
                ("thing_key", models.BigIntegerField(help_text="Primary key of the thing.")),
                ("title", models.CharField(blank=True, max_length=300)),
                ("why", models.CharField(blank=True, help_text="Why it stays, in one sentence.", max_length=300)),
            ],
            options={
                "ordering": ["upload", "position"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["restored", "taken_out", "kept"])),
                        name="reversal_action_known",
                    ),
                    models.UniqueConstraint(fields=("upload", "position"), name="one_reversal_per_position"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="providers.upload"
                    ),
                ),
                ("row", models.PositiveIntegerField(help_text="As the spreadsheet shows it.")),
                ("cells", models.JSONField(help_text="The text of each cell, one for every heading.")),
            ],
            options={
                "ordering": ["upload", "row"],
                "constraints": [models.UniqueConstraint(fields=("upload", "row"), name="one_upload_row_per_number")],
            },
        ),
        migrations.CreateModel(
            name="UploadFix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fixes", to="providers.upload"
                    ),
                ),
                ("row", models.PositiveIntegerField(help_text="As the spreadsheet shows it.")),
                ("column", models.PositiveSmallIntegerField(help_text="Place of its heading, from 0.")),
                ("value", models.TextField(blank=True, help_text="What the cell is taken to say.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["upload", "row", "column"],
                "constraints": [models.UniqueConstraint(fields=("upload", "row", "column"), name="one_fix_per_cell")],
            },
        ),
    ]
