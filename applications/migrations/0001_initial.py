import core.clock
import core.references
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_people"),
        ("accounts", "__first__"),
        ("activity", "0001_initial"),
        ("ilp", "0001_initial"),
        ("prospectus", "0001_initial"),
        ("providers", "0001_initial"),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="accounts.learner"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="providers.cycle"
                    ),
                ),
                ("statement", models.TextField(blank=True, help_text="Why I am applying, in the learner's words.")),
                (
                    "statement_from",
                    models.ForeignKey(
                        help_text="The statement of the plan these words were taken from.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="ilp.document",
                    ),
                ),
                ("statement_number", models.PositiveIntegerField(default=0, help_text="Which change of it.")),
                (
                    "needs",
                    models.TextField(
                        blank=True, help_text="Support the learner would like at an interview or on the course."
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("learner", "cycle"), name="one_application_per_cycle")],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "role",
                    models.OneToOneField(
                        help_text="Of the account that acts: what it may see and do follows from it, as for people.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_token",
                        to="providers.staffrole",
                    ),
                ),
                ("name", models.CharField(help_text="Which system it is for.", max_length=60)),
                (
                    "scope",
                    models.CharField(
                        choices=[("read", "Read applications"), ("answer", "Read and answer applications")],
                        max_length=10,
                    ),
                ),
                ("prefix", models.CharField(help_text="How the token begins, shown to people.", max_length=12)),
                (
                    "token_hash",
                    models.CharField(help_text="HMAC-SHA-256 with the server's key, hex.", max_length=64, unique=True),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("expires_on", models.DateField(help_text="The last day it works, London.")),
                ("last_used_at", models.DateTimeField(help_text="To the hour.", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["read", "answer"])), name="api_scope_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assistance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistances",
                        to="applications.application",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("present", "The learner is with me and agrees"),
                            ("paper", "From a paper form the learner signed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("signed_on", models.DateField(help_text="The date on the paper form.", null=True)),
                ("on", models.DateField(default=core.clock.today)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "indexes": [models.Index(fields=["by", "on"], name="application_by_id_bf2fae_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("how", "paper"), ("signed_on__isnull", False)),
                            models.Q(("how", "present"), ("signed_on", None)),
                            _connector="OR",
                        ),
                        name="paper_form_has_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClearingListing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
                        to="applications.application",
                    ),
                ),
                ("agreed_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(help_text="When the learner took it back.", null=True)),
            ],
            options={
                "ordering": ["-agreed_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("application",), name="shown_once_in_clearing"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskFilter",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "address",
                    models.CharField(
                        help_text="The query string in one order: never a name of a learner.", max_length=500
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "address"), name="one_desk_filter_per_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("verb", models.CharField(max_length=20)),
                (
                    "answers",
                    models.JSONField(default=dict, help_text="As the form gave them. Emptied when all is done."),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "left_out",
                    models.JSONField(
                        help_text="Rows of the file that cannot be done: line, reference, why. Nothing personal.",
                        null=True,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None),
                            models.Q(("confirmed_at__isnull", False), ("ended_at__gte", models.F("confirmed_at"))),
                            _connector="OR",
                        ),
                        name="bulk_run_ends_after_confirm",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InterviewSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interview_sessions",
                        to="providers.organisation",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: online.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.site",
                    ),
                ),
                ("room", models.CharField(help_text="Where at the site, or how to join online.", max_length=120)),
                (
                    "interviewers",
                    models.CharField(blank=True, help_text="Who talks with the learners.", max_length=120),
                ),
                ("note", models.TextField(blank=True, help_text="For learners: what to bring, whom to ask for.")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("slot_minutes", models.PositiveSmallIntegerField(help_text="How long each talk is.")),
                ("places", models.PositiveSmallIntegerField(help_text="In each slot.")),
                (
                    "change_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="Hours before a slot until which learners book, change and give back by themselves.",
                    ),
                ),
                ("ended_at", models.DateTimeField(help_text="Called off.", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "courses",
                    models.ManyToManyField(
                        blank=True,
                        help_text="For applicants to these. None: to any course.",
                        related_name="+",
                        to="prospectus.course",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "indexes": [models.Index(fields=["provider", "starts_at"], name="application_provide_e7d2bc_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="interview_session_ends_later"
                    ),
                    models.CheckConstraint(condition=models.Q(("places__gte", 1)), name="interview_session_has_places"),
                    models.CheckConstraint(
                        condition=models.Q(("slot_minutes__gte", 5)), name="interview_session_has_minutes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InterviewSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="applications.interviewsession",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "indexes": [models.Index(fields=["starts_at"], name="application_starts__6ffec3_idx")],
                "constraints": [models.UniqueConstraint(fields=("session", "starts_at"), name="one_slot_at_a_time")],
            },
        ),
        migrations.CreateModel(
            name="UsualCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grade", "A grade in a subject"),
                            ("grades", "A number of grades"),
                            ("results", "Results, in words"),
                            ("attendance", "Attendance"),
                            ("reference", "Reference"),
                            ("document", "Something to show"),
                            ("interview", "Interview"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(help_text="For the learner: 'Grade 4 or above in English'.", max_length=200)),
                (
                    "subject",
                    models.CharField(blank=True, db_default="", default="", help_text="Of a grade.", max_length=80),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="At least this one.", max_length=20
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Of grades; of attendance in percent.", null=True
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usual_conditions",
                        to="providers.organisation",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        help_text="Empty: any course.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prospectus.course",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 1.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["course", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "course", "position"),
                        name="usual_condition_once_at_a_place",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside_offers",
                        to="accounts.learner",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outside_offers", to="providers.cycle"
                    ),
                ),
                ("provider_name", models.CharField(max_length=160)),
                ("course_name", models.CharField(blank=True, max_length=160)),
                ("offered_on", models.DateField(default=core.clock.today)),
                ("ended_on", models.DateField(blank=True, help_text="No longer stands.", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "is_unconfirmed",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The learner says so, and no adult has confirmed it yet.",
                    ),
                ),
                (
                    "taken_back_at",
                    models.DateTimeField(
                        help_text="The learner says that it was told by mistake, and an adult has to look at it.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-offered_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="OwnRoute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="own_routes", to="accounts.learner"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_routes",
                        to="prospectus.courserun",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looked", "Went to look"),
                            ("means_to", "Means to apply"),
                            ("applied", "Applied"),
                            ("offered", "Has an offer"),
                            ("no_offer", "No offer"),
                            ("dropped", "Not any more"),
                        ],
                        default="looked",
                        max_length=10,
                    ),
                ),
                ("began_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("said_at", models.DateTimeField(help_text="When the learner last said how it stands.", null=True)),
            ],
            options={
                "ordering": ["-began_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "run"), name="one_own_route_per_run"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["looked", "means_to", "applied", "offered", "no_offer", "dropped"])
                        ),
                        name="own_route_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="providers.organisation",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.cycle"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 1.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("short", "A short answer"),
                            ("long", "A long answer"),
                            ("yes_no", "Yes or no"),
                            ("one_of", "One of a list"),
                            ("date", "A date"),
                        ],
                        max_length=6,
                    ),
                ),
                ("words", models.CharField(max_length=200)),
                ("help_text", models.CharField(blank=True, max_length=300)),
                (
                    "options",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Of one of a list.",
                        size=None,
                    ),
                ),
                ("is_required", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(help_text="No longer asked, or asked in other words.", null=True)),
                (
                    "courses",
                    models.ManyToManyField(
                        blank=True,
                        help_text="For applicants to these. None: to any course.",
                        related_name="+",
                        to="prospectus.course",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "indexes": [models.Index(fields=["provider", "cycle"], name="application_provide_3ae4e1_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["short", "long", "yes_no", "one_of", "date"])),
                        name="provider_question_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "one_of"), ("options__len__gte", 2)),
                            models.Q(models.Q(("kind", "one_of"), _negated=True), ("options", [])),
                            _connector="OR",
                        ),
                        name="provider_question_options_if_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultsRehearsal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsals",
                        to="providers.organisation",
                    ),
                ),
                ("seed", models.PositiveIntegerField(help_text="The same seed makes the same results.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("started_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ends_at", models.DateTimeField(help_text="It is over then by itself.")),
                ("ended_at", models.DateTimeField(help_text="When somebody ended it before.", null=True)),
                (
                    "report",
                    models.JSONField(
                        default=dict, help_text="Of the last try: how many would be confirmed, and left why."
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("started_at"))), name="rehearsal_ends_later"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("provider",), name="one_open_rehearsal"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="providers.organisation",
                    ),
                ),
                ("name", models.CharField(help_text="For the desk: 'First offers'.", max_length=80)),
                ("release_at", models.DateTimeField(help_text="When learners hear. Empty: not set yet.", null=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_at",
                    models.DateTimeField(help_text="Every decision has been carried out, or says why not.", null=True),
                ),
                ("ended_at", models.DateTimeField(help_text="Given up: nothing of it became an answer.", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("released_at", None)), fields=["release_at"], name="release_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("release_at", None), ("set_by__isnull", False), _connector="OR"),
                        name="release_is_set_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("released_at", None), ("ended_at", None), _connector="OR"),
                        name="release_ends_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExamResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exam_results", to="accounts.learner"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        help_text="Whose word it is.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "qualification",
                    models.CharField(blank=True, help_text="Like GCSE. Empty: the file does not say.", max_length=60),
                ),
                ("subject", models.CharField(max_length=80)),
                (
                    "grade",
                    models.CharField(help_text="As the school wrote it, without spaces around it.", max_length=20),
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
                (
                    "upload",
                    models.ForeignKey(
                        help_text="The file it came in.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.upload",
                    ),
                ),
                ("said_at", models.DateTimeField(default=core.clock.now, help_text="When the file was published.")),
                ("ended_at", models.DateTimeField(help_text="When a corrected grade took its place.", null=True)),
                (
                    "replaces",
                    models.OneToOneField(
                        help_text="The grade before.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="applications.examresult",
                    ),
                ),
            ],
            options={
                "ordering": ["subject", "qualification", "pk"],
                "indexes": [models.Index(fields=["upload"], name="exam_result_upload")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("learner"),
                        models.F("school"),
                        django.db.models.functions.text.Lower("qualification"),
                        django.db.models.functions.text.Lower("subject"),
                        condition=models.Q(("ended_at", None)),
                        name="one_standing_result_per_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StateProperty",
            fields=[
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Not sent yet"),
                            ("with_school", "With your school"),
                            ("sent", "With the provider"),
                            ("interviewing", "Interview"),
                            ("reserve_list", "On the reserve list"),
                            ("offered", "Offer made"),
                            ("accepted", "Accepted, with conditions"),
                            ("held", "Kept as a back-up"),
                            ("confirmed", "Place confirmed"),
                            ("enrolled", "Started"),
                            ("unsuccessful", "Not successful"),
                            ("offer_withdrawn", "Offer withdrawn"),
                            ("turned_down", "Turned down"),
                            ("lapsed", "Offer ran out"),
                            ("withdrawn", "Withdrawn"),
                            ("conditions_not_met", "Conditions not met"),
                            ("did_not_start", "Did not start"),
                            ("not_sent", "Never sent"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("is_live", models.BooleanField(help_text="Counts against the learner's limit.")),
                ("is_with_provider", models.BooleanField(help_text="The provider has to answer.")),
                ("has_offer_in_hand", models.BooleanField(help_text="Counts for the September Guarantee.")),
                ("is_place_taken", models.BooleanField(help_text="A place of each run is taken by it.")),
                ("is_firm", models.BooleanField(help_text="The learner has said yes.")),
                ("is_over", models.BooleanField(help_text="Nothing more is expected of anybody.")),
            ],
            options={
                "verbose_name_plural": "state properties",
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to="providers.organisation",
                    ),
                ),
                ("address", models.CharField(max_length=2000)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("on", "Switched on"),
                            ("off", "Switched off"),
                            ("stopped", "Stopped"),
                            ("ended", "Ended"),
                        ],
                        default="on",
                        max_length=10,
                    ),
                ),
                ("secret", models.TextField(help_text="Signs what is sent. Sealed: core.sealing.")),
                (
                    "older_secret",
                    models.TextField(blank=True, help_text="Signs as well for some days. Sealed: core.sealing."),
                ),
                ("older_until", models.DateTimeField(help_text="Until then the older secret signs, too.", null=True)),
                (
                    "told_in",
                    models.BigIntegerField(
                        help_text="The cursor up to which deliveries have been written: the transaction."
                    ),
                ),
                ("told_pk", models.BigIntegerField(help_text="The same: the key.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["on", "off", "stopped", "ended"])), name="webhook_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="webhook_ended_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=("provider", "address"),
                        name="an_address_once_per_provider",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="applications.webhook",
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[("applications.changed", "Applications changed"), ("test", "Test")], max_length=30
                    ),
                ),
                (
                    "since",
                    models.CharField(
                        blank=True, help_text="The cursor before all of it. Empty: a test.", max_length=200
                    ),
                ),
                ("changed", models.JSONField(default=list, help_text="References of choices.")),
                (
                    "gone",
                    models.JSONField(default=list, help_text="References of choices that are the provider's no more."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=core.clock.now, help_text="When it is tried next.")),
                ("woken_at", models.DateTimeField(help_text="When a worker was last told.", null=True)),
                (
                    "lease_until",
                    models.DateTimeField(help_text="Nobody else may try before (the database's clock).", null=True),
                ),
                (
                    "worker",
                    models.CharField(blank=True, help_text="The claim that holds it, or held it last.", max_length=20),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Of a test.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["next_at"], name="delivery_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("event__in", ["applications.changed", "test"])), name="webhook_event_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "delivered", "failed"])),
                        name="delivery_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("webhook", "event"),
                        name="one_waiting_delivery_of_an_event",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="applications.webhookdelivery",
                    ),
                ),
                ("started_at", models.DateTimeField(default=core.clock.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(help_text="HTTP. Empty: there was no answer.", null=True)),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                (
                    "sentence",
                    models.CharField(blank=True, help_text="Why it did not work, in words of ours.", max_length=200),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SectionMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="applications.application"
                    ),
                ),
                (
                    "section",
                    models.CharField(
                        choices=[
                            ("about", "About you"),
                            ("contact", "How to reach you"),
                            ("grades", "Grades you have or expect"),
                            ("statement", "Your statement"),
                            ("help", "Help you would like"),
                            ("plan", "From your plan"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        default=0, help_text="Goes up with each save: what an open form has seen."
                    ),
                ),
                ("is_done", models.BooleanField(default=False, help_text="Whoever writes it has said so.")),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("application", "section"), name="one_mark_per_section"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("section__in", ["about", "contact", "grades", "statement", "help", "plan"])
                        ),
                        name="form_section_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grades",
                        to="applications.application",
                    ),
                ),
                ("qualification", models.CharField(blank=True, help_text="Like GCSE. Empty: not said.", max_length=60)),
                ("subject", models.CharField(max_length=80)),
                ("grade", models.CharField(blank=True, help_text="Empty: not known yet.", max_length=20)),
                ("is_expected", models.BooleanField(default=True, help_text="Not a result yet.")),
                (
                    "school",
                    models.ForeignKey(
                        help_text="Whose word it is. Empty: the learner's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                ("said_on", models.DateField(help_text="When the school said it.", null=True)),
            ],
            options={
                "ordering": ["is_expected", "subject", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LeftOutEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="left_out",
                        to="applications.application",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ilp.entry"),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "verbose_name_plural": "left out entries",
                "constraints": [models.UniqueConstraint(fields=("application", "entry"), name="left_out_once")],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choices",
                        to="applications.application",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="providers.organisation"
                    ),
                ),
                (
                    "placed_with",
                    models.ForeignKey(
                        blank=True,
                        help_text="The partner of the consortium that the lead has placed the learner with.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placed_choices",
                        to="providers.organisation",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(help_text="1 is the learner's favourite.")),
                (
                    "companion_group",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Choices with one number belong together and do not release each other.",
                        null=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Not sent yet"),
                            ("with_school", "With your school"),
                            ("sent", "With the provider"),
                            ("interviewing", "Interview"),
                            ("reserve_list", "On the reserve list"),
                            ("offered", "Offer made"),
                            ("accepted", "Accepted, with conditions"),
                            ("held", "Kept as a back-up"),
                            ("confirmed", "Place confirmed"),
                            ("enrolled", "Started"),
                            ("unsuccessful", "Not successful"),
                            ("offer_withdrawn", "Offer withdrawn"),
                            ("turned_down", "Turned down"),
                            ("lapsed", "Offer ran out"),
                            ("withdrawn", "Withdrawn"),
                            ("conditions_not_met", "Conditions not met"),
                            ("did_not_start", "Did not start"),
                            ("not_sent", "Never sent"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                    ),
                ),
                (
                    "status_at",
                    models.DateTimeField(default=core.clock.now, help_text="When the status was last written."),
                ),
                ("sent_at", models.DateTimeField(help_text="First seen by the provider; empty until then.", null=True)),
                (
                    "answer_due_on",
                    models.DateField(help_text="Last day of the provider's time to answer, set on arrival.", null=True),
                ),
                ("with_school_at", models.DateTimeField(null=True)),
                (
                    "endorse_due_on",
                    models.DateField(help_text="Last day of the school's time, set on arrival.", null=True),
                ),
                ("is_endorsed", models.BooleanField(help_text="Empty where the area does not ask.", null=True)),
                ("endorsement_note", models.CharField(blank=True, max_length=300)),
                (
                    "refusal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("entry_requirements", "Entry requirements not met"),
                            ("full", "The course is full"),
                            ("not_running", "The course will not run"),
                            ("other_course", "Another course would suit better"),
                            ("age", "The age or school year"),
                            ("interview", "The interview or audition"),
                            ("portfolio", "The portfolio or the work shown"),
                            ("reference", "The reference"),
                            ("no_answer", "No answer to our messages"),
                            ("double", "The same application twice"),
                            ("other", "Something else"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "withdrawal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed_mind", "I changed my mind"),
                            ("other_place", "I have a place somewhere else"),
                            ("travel", "It is too hard to get there"),
                            ("circumstances", "Things changed for me"),
                            ("other", "Something else"),
                        ],
                        max_length=30,
                    ),
                ),
                ("reason_words", models.TextField(blank=True, help_text="Words the other side may read.")),
                (
                    "left_on",
                    models.DateField(
                        blank=True,
                        help_text="Started and left early, on this day: the learner may take another place.",
                        null=True,
                    ),
                ),
                (
                    "left_how",
                    models.CharField(
                        blank=True,
                        choices=[("said", "The learner said so"), ("stopped", "They stopped coming")],
                        max_length=10,
                    ),
                ),
                ("is_closed_by_service", models.BooleanField(default=False, help_text="Ended because the cycle did.")),
                (
                    "entered_by",
                    models.ForeignKey(
                        help_text="Who sent it for the learner.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_how",
                    models.CharField(blank=True, help_text="With the learner present, or from paper.", max_length=10),
                ),
                (
                    "paper_signed_on",
                    models.DateField(help_text="The date on the paper form it was entered from.", null=True),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "changed_in",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        help_text="Number of the transaction that last changed it or what hangs on it. The database writes it.",
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "pk"],
                "indexes": [
                    models.Index(fields=["provider", "status", "status_at"], name="application_provide_851efd_idx"),
                    models.Index(
                        condition=models.Q(("placed_with__isnull", False)),
                        fields=["placed_with"],
                        name="choice_placed_with",
                    ),
                    models.Index(fields=["provider", "changed_in", "id"], name="choice_changes"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "with_school",
                                    "sent",
                                    "interviewing",
                                    "reserve_list",
                                    "offered",
                                    "accepted",
                                    "held",
                                    "confirmed",
                                    "enrolled",
                                    "unsuccessful",
                                    "offer_withdrawn",
                                    "turned_down",
                                    "lapsed",
                                    "withdrawn",
                                    "conditions_not_met",
                                    "did_not_start",
                                    "not_sent",
                                ],
                            )
                        ),
                        name="choice_status_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("left_on", None), ("status__in", ["accepted", "confirmed", "enrolled"])),
                        expressions=[
                            ("application", "="),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    django.db.models.functions.comparison.Cast(
                                        "companion_group", models.BigIntegerField()
                                    ),
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("id"), "*", models.Value(-1)
                                    ),
                                ),
                                "<>",
                            ),
                        ],
                        name="one_firm_choice_per_application",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "with_school", "withdrawn", "not_sent"]),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="choice_sent_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_how", ""), ("left_on", None)),
                            models.Q(("left_on__isnull", False), ("status", "enrolled")),
                            _connector="OR",
                        ),
                        name="only_what_was_started_is_left",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChoiceRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choice_runs",
                        to="applications.choice",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choice_runs",
                        to="prospectus.courserun",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [models.UniqueConstraint(fields=("choice", "run"), name="a_run_once_in_a_choice")],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="snapshot", to="applications.choice"
                    ),
                ),
                ("content", models.JSONField(null=True)),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "search_name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                django.db.models.functions.text.Concat(
                                    django.db.models.functions.comparison.Coalesce(
                                        django.db.models.fields.json.KeyTextTransform(
                                            "given_name",
                                            django.db.models.fields.json.KeyTransform("learner", models.F("content")),
                                        ),
                                        models.Value(""),
                                        output_field=models.TextField(),
                                    ),
                                    models.Value(" "),
                                    django.db.models.functions.comparison.Coalesce(
                                        django.db.models.fields.json.KeyTextTransform(
                                            "family_name",
                                            django.db.models.fields.json.KeyTransform("learner", models.F("content")),
                                        ),
                                        models.Value(""),
                                        output_field=models.TextField(),
                                    ),
                                    output_field=models.TextField(),
                                ),
                                models.Value(" "),
                                django.db.models.functions.comparison.Coalesce(
                                    django.db.models.fields.json.KeyTextTransform(
                                        "preferred_name",
                                        django.db.models.fields.json.KeyTransform("learner", models.F("content")),
                                    ),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "school_name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            django.db.models.fields.json.KeyTextTransform(
                                "name", django.db.models.fields.json.KeyTransform("school", models.F("content"))
                            ),
                            models.Value(""),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="applications.apitoken"
                    ),
                ),
                ("key", models.CharField(help_text="The system's own name for this request.", max_length=100)),
                (
                    "request_sha256",
                    models.CharField(help_text="Of address and content, so that a key means one thing.", max_length=64),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="api_calls", to="applications.choice"
                    ),
                ),
                ("verb", models.CharField(max_length=30)),
                ("status", models.PositiveSmallIntegerField(help_text="HTTP.")),
                ("answer", models.JSONField(help_text="As it was told; nothing personal.")),
                (
                    "event",
                    models.OneToOneField(
                        help_text="What it brought about. Empty: nothing, because it was refused or was so already.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_call",
                        to="activity.event",
                    ),
                ),
                ("by_name", models.CharField(help_text="Who answered, as the college says.", max_length=120)),
                ("by_title", models.CharField(help_text="Their job there, as the college says.", max_length=120)),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("token", "key"), name="a_key_once_per_token")],
            },
        ),
        migrations.CreateModel(
            name="GoneChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gone_from", to="applications.choice"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                ("changed_in", models.BigIntegerField(help_text="Number of the transaction in which it went.")),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "changed_in", "choice"], name="gone_changes")],
                "constraints": [
                    models.UniqueConstraint(fields=("choice", "provider"), name="gone_once_from_a_provider")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClearingInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="applications.clearinglisting",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="prospectus.courserun"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("taken", "Yes: applied"),
                            ("declined", "No"),
                            ("ended", "No longer open"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer_by_on", models.DateField(help_text="To the end of this day the place is kept.")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "choice",
                    models.OneToOneField(
                        help_text="What came of a yes.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitation",
                        to="applications.choice",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "taken", "declined", "ended"])),
                        name="invitation_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("listing", "run"), name="invited_once_to_a_run"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handling", to="applications.choice"
                    ),
                ),
                (
                    "looked_at",
                    models.DateTimeField(help_text="When somebody of the provider first opened it.", null=True),
                ),
                (
                    "looked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        help_text="Ends in effect with the person's role.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("assigned_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("assigned_to__isnull", False)), fields=["assigned_to"], name="handling_mine"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("looked_at", None), ("looked_by", None)),
                            models.Q(("looked_at__isnull", False), ("looked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handling_looked_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("assigned_to", None),
                            models.Q(("assigned_at__isnull", False), ("assigned_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handling_assigned_or_not",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="desk_notes", to="applications.choice"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("words", models.TextField()),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["choice", "-at"], name="application_choice__a51d9a_idx")],
            },
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="applications.bulkrun"
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="applications.choice"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="From 0, in the order of the list.")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("done", "Done"), ("left", "Left as it was")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, help_text="Why it was left: a sentence, nothing personal.", max_length=300
                    ),
                ),
                ("line", models.PositiveIntegerField(help_text="Of the file, as the spreadsheet shows it.", null=True)),
                (
                    "version",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="As it was when the list was taken; else nothing is done.",
                        max_length=24,
                    ),
                ),
                (
                    "said",
                    models.JSONField(
                        help_text="Its own verb and answers, from the file. Emptied when all is done.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["run", "position"], name="bulk_item_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "choice"), name="a_choice_once_in_a_bulk_run"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "left"])), name="bulk_item_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="interviews", to="applications.choice"
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        help_text="Empty: at a time of its own, or none chosen yet.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interviews",
                        to="applications.interviewslot",
                    ),
                ),
                ("starts_at", models.DateTimeField(help_text="Empty: the learner has still to choose.", null=True)),
                ("place", models.CharField(blank=True, max_length=400)),
                ("note", models.TextField(blank=True, help_text="What to bring, whom to ask for.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("cancelled", "Cancelled"),
                            ("moved", "Rearranged"),
                            ("done", "Held"),
                            ("missed", "Missed"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("came", models.BooleanField(help_text="Whether the learner came, as the provider says.", null=True)),
                (
                    "learner_words",
                    models.TextField(blank=True, db_default="", help_text="Why the learner gave the time back."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), default=core.clock.now, editable=False
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
                "indexes": [models.Index(fields=["starts_at"], name="application_starts__d0c0c3_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "cancelled", "moved", "done", "missed"])),
                        name="interview_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "planned")), fields=("choice",), name="one_planned_interview"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot", None), ("starts_at__isnull", False), _connector="OR"),
                        name="interview_slot_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("came", None), ("starts_at__isnull", False), _connector="OR"),
                        name="interview_came_to_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChooseReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "interview",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choose_reminders",
                        to="applications.interview",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="From 1.")),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("interview", "number"), name="one_choose_reminder_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="InterviewReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "interview",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="applications.interview",
                    ),
                ),
                ("for_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("interview", "for_at"), name="reminded_once_of_an_interview")
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="applications.choice"
                    ),
                ),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("answer_by_on", models.DateField(help_text="Last day to answer, London.")),
                ("message", models.TextField(blank=True, help_text="Words to the learner.")),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("choice",), name="one_standing_offer_per_choice"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="applications.offer"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="1 or 2.")),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("offer", "number"), name="one_reminder_of_a_number")],
            },
        ),
        migrations.CreateModel(
            name="OfferCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grade", "A grade in a subject"),
                            ("grades", "A number of grades"),
                            ("results", "Results, in words"),
                            ("attendance", "Attendance"),
                            ("reference", "Reference"),
                            ("document", "Something to show"),
                            ("interview", "Interview"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(help_text="For the learner: 'Grade 4 or above in English'.", max_length=200)),
                (
                    "subject",
                    models.CharField(blank=True, db_default="", default="", help_text="Of a grade.", max_length=80),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="At least this one.", max_length=20
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Of grades; of attendance in percent.", null=True
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conditions", to="applications.offer"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not yet known"),
                            ("met", "Met"),
                            ("not_met", "Not met"),
                            ("waived", "No longer asked for"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(help_text="When its state was last said.", null=True)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "met", "not_met", "waived"])),
                        name="condition_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="applications.choice"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="applications.providerquestion",
                    ),
                ),
                ("answer", models.TextField(help_text="A date as 2026-11-18; yes or no.")),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("choice", "question"), name="one_answer_per_question")],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="applications.choice"
                    ),
                ),
                ("message", models.TextField(blank=True, help_text="Why, in words for the learner.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for the learner"),
                            ("taken", "Taken"),
                            ("declined", "Declined"),
                            ("ended", "No longer open"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("runs", models.ManyToManyField(related_name="+", to="prospectus.courserun")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("choice",), name="one_open_referral"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "taken", "declined", "ended"])),
                        name="referral_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="applications.release"
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staged_decisions",
                        to="applications.choice",
                    ),
                ),
                ("verb", models.CharField(help_text="Of the choice: offer, refuse or put_on_reserve.", max_length=20)),
                ("said", models.JSONField(default=dict, help_text="What the action takes beside choice and person.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("staged_at", models.DateTimeField(default=core.clock.now)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Waiting"),
                            ("done", "Released"),
                            ("failed", "Could not be done"),
                            ("dropped", "Taken out"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("why", models.CharField(blank=True, help_text="Why it could not be done.", max_length=300)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")), fields=("choice",), name="one_waiting_decision_per_choice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "done", "failed", "dropped"])),
                        name="staged_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verb__in", ["offer", "refuse", "put_on_reserve"])),
                        name="staged_verb_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SectionDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="applications.application",
                    ),
                ),
                ("section", models.CharField(help_text="A section of the form, or questions.", max_length=10)),
                (
                    "choice",
                    models.ForeignKey(
                        help_text="Of questions: of which choice.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="applications.choice",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "seen",
                    models.PositiveIntegerField(default=0, help_text="What the open form had seen of the section."),
                ),
                ("answers", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["-saved_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="choice",
            name="runs",
            field=models.ManyToManyField(
                related_name="choices", through="applications.ChoiceRun", to="prospectus.courserun"
            ),
        ),
    ]
