import core.clock
import core.references
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("activity", "0001_initial"),
        ("providers", "0001_initial"),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        django.contrib.postgres.operations.UnaccentExtension(),
        django.contrib.postgres.operations.BtreeGinExtension(),
        migrations.CreateModel(
            name="ColumnAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.organisation"
                    ),
                ),
                ("heading", models.CharField(help_text="Squeezed to its letters and figures.", max_length=200)),
                (
                    "key",
                    models.CharField(blank=True, help_text="Of prospectus.headings; empty: not used.", max_length=60),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("answered_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["provider", "heading"],
                "constraints": [models.UniqueConstraint(fields=("provider", "heading"), name="one_answer_per_heading")],
            },
        ),
        migrations.CreateModel(
            name="Consortium",
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
                    "lead",
                    models.ForeignKey(
                        help_text="Keeps the courses and receives the applications.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consortia_led",
                        to="providers.organisation",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "consortia",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("lead", "name"), name="one_consortium_of_a_name_per_lead")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsortiumPartner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "consortium",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="partners", to="prospectus.consortium"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partnerships",
                        to="providers.organisation",
                    ),
                ),
                (
                    "joined_on",
                    models.DateField(
                        blank=True,
                        default=core.clock.today,
                        help_text="Empty: asked by the lead, and has not said yes.",
                        null=True,
                    ),
                ),
                ("ended_on", models.DateField(blank=True, help_text="Last day in the consortium.", null=True)),
            ],
            options={
                "ordering": ["provider__name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("consortium", "provider"),
                        name="one_open_partnership",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("joined_on")), _connector="OR"
                        ),
                        name="partnership_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("code", models.CharField(max_length=4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="prospectus.subject",
                    ),
                ),
                (
                    "plain_name",
                    models.CharField(blank=True, help_text="What a 15-year-old would call it.", max_length=60),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                ("code", models.CharField(max_length=1, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("plain_words", models.CharField(help_text="What it is like, for a 15-year-old.", max_length=200)),
                ("position", models.PositiveSmallIntegerField(help_text="Entry is 0.", unique=True)),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="QualificationType",
            fields=[
                ("code", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("family", models.CharField(max_length=30)),
                ("is_current", models.BooleanField(default=True, help_text="Still offered today.")),
                (
                    "plain_name",
                    models.CharField(
                        blank=True, db_default="", help_text="What a 15-year-old would call it.", max_length=60
                    ),
                ),
                (
                    "plain_words",
                    models.CharField(
                        blank=True, db_default="", help_text="What it is like, for a 15-year-old.", max_length=200
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=1),
                        blank=True,
                        default=list,
                        help_text="Codes of the levels it is at.",
                        size=None,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Course",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="courses",
                        to="providers.organisation",
                    ),
                ),
                (
                    "provider_reference",
                    models.CharField(
                        help_text="The provider's own code: with the provider, its natural key.", max_length=255
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("course", "Course"),
                            ("apprenticeship", "Apprenticeship"),
                            ("re_engagement", "A way back into learning"),
                            ("taster", "Taster or open day"),
                            ("activity", "Activity outside lessons"),
                        ],
                        db_default="course",
                        default="course",
                        max_length=20,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("post_16", "After Year 11"), ("key_stage_4", "In Years 10 and 11")],
                        db_default="post_16",
                        default="post_16",
                        max_length=20,
                    ),
                ),
                (
                    "consortium",
                    models.ForeignKey(
                        blank=True,
                        help_text="The providers who teach it together; its provider leads them.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="courses",
                        to="prospectus.consortium",
                    ),
                ),
                ("title", models.CharField(max_length=255)),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences, no mark-up.")),
                ("what_you_do", models.TextField(blank=True, help_text="Cleaned HTML.")),
                ("who_it_is_for", models.TextField(blank=True, help_text="Cleaned HTML.")),
                ("entry_requirements", models.TextField(blank=True, help_text="Cleaned HTML.")),
                ("how_assessed", models.TextField(blank=True, help_text="Cleaned HTML.")),
                ("leads_to", models.TextField(blank=True, help_text="Cleaned HTML.")),
                ("costs_and_help", models.TextField(blank=True, help_text="Cleaned HTML.")),
                (
                    "other_texts",
                    models.JSONField(
                        default=list, help_text="[[heading, cleaned HTML]] for texts of a feed with no place above."
                    ),
                ),
                ("qualification_title", models.CharField(blank=True, max_length=255)),
                (
                    "qualification_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospectus.qualificationtype",
                    ),
                ),
                ("awarding_organisation", models.CharField(blank=True, max_length=160)),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=1),
                        blank=True,
                        default=list,
                        help_text="Codes of Level; a course may span several.",
                        size=None,
                    ),
                ),
                (
                    "level_text",
                    models.CharField(blank=True, help_text="The provider's own words for the level.", max_length=120),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="courses",
                        to="prospectus.subject",
                    ),
                ),
                (
                    "subject_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=160),
                        blank=True,
                        default=list,
                        help_text="The provider's own subject words.",
                        size=None,
                    ),
                ),
                (
                    "search_words",
                    models.TextField(blank=True, help_text="Further words to be found by: keywords, careers."),
                ),
                ("website", models.URLField(blank=True, max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "checked_on",
                    models.DateField(blank=True, help_text="When the provider last said it is right.", null=True),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.upload",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, help_text="When it first came into the prospectus.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["title", "pk"],
                "indexes": [
                    models.Index(fields=["provider", "state"], name="prospectus__provide_bcfa43_idx"),
                    models.Index(
                        condition=models.Q(("state", "published")), fields=["changed_at", "id"], name="course_by_change"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "provider_reference"), name="one_course_per_provider_reference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published", "withdrawn"])),
                        name="course_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["course", "apprenticeship", "re_engagement", "taster", "activity"])
                        ),
                        name="course_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["post_16", "key_stage_4"])), name="course_stage_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoursePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="prospectus.course"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 1.")),
                ("name", models.CharField(max_length=120)),
                (
                    "provider",
                    models.ForeignKey(
                        help_text="The course's own or a partner of its consortium.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts_taught",
                        to="providers.organisation",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.site",
                    ),
                ),
                ("days", models.CharField(blank=True, help_text="In words: Mondays and Tuesdays.", max_length=80)),
            ],
            options={
                "ordering": ["course", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "position"), name="one_course_part_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="course_part_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requirements", to="prospectus.course"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 1.")),
                ("how_many", models.PositiveSmallIntegerField(default=1, help_text="How many such qualifications.")),
                (
                    "qualification_type",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: any.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospectus.qualificationtype",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        blank=True,
                        help_text="At least this level.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospectus.level",
                    ),
                ),
                ("grade", models.CharField(blank=True, help_text="At least this grade. Empty: a pass.", max_length=20)),
                (
                    "subject_words",
                    models.CharField(blank=True, help_text="In this subject. Empty: in any.", max_length=80),
                ),
                (
                    "is_essential",
                    models.BooleanField(default=True, help_text="Otherwise it helps, and is not asked of everybody."),
                ),
            ],
            options={
                "ordering": ["course", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "position"), name="one_requirement_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade", ""),
                            ("level", None),
                            ("qualification_type", None),
                            ("subject_words", ""),
                            _negated=True,
                        ),
                        name="requirement_says_something",
                    ),
                    models.CheckConstraint(condition=models.Q(("how_many__gte", 1)), name="requirement_asks_for_some"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="prospectus.course",
                    ),
                ),
                (
                    "provider_reference",
                    models.CharField(
                        help_text="The provider's own code: with the course, its natural key.", max_length=255
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="providers.site",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                (
                    "start_text",
                    models.CharField(blank=True, help_text="The provider's own words for the start.", max_length=500),
                ),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("is_flexible_start", models.BooleanField(default=False, help_text="Can be started on any day.")),
                ("duration_text", models.CharField(blank=True, max_length=255)),
                (
                    "study_mode",
                    models.CharField(
                        choices=[
                            ("full_time", "Full time"),
                            ("part_time", "Part time"),
                            ("part_of_programme", "Part of a full-time programme"),
                            ("flexible", "Flexible"),
                            ("unknown", "Ask the provider"),
                        ],
                        default="unknown",
                        max_length=20,
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[
                            ("classroom", "In a classroom"),
                            ("workplace", "At work"),
                            ("online", "Online or at home"),
                            ("blended", "Partly online"),
                            ("outreach", "Out and about"),
                            ("unknown", "Ask the provider"),
                        ],
                        default="unknown",
                        max_length=20,
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        choices=[
                            ("daytime", "Daytime"),
                            ("evening", "Evening"),
                            ("weekend", "Weekend"),
                            ("block_release", "Day or block release"),
                            ("flexible", "Whenever suits you"),
                            ("unknown", "Ask the provider"),
                        ],
                        default="unknown",
                        max_length=20,
                    ),
                ),
                (
                    "mode_text",
                    models.CharField(
                        blank=True, help_text="The provider's own words for how it is studied.", max_length=255
                    ),
                ),
                (
                    "cost_pence",
                    models.PositiveIntegerField(blank=True, help_text="Pence. Empty: not known.", null=True),
                ),
                ("cost_text", models.TextField(blank=True)),
                (
                    "extra_cost_pence",
                    models.PositiveIntegerField(
                        blank=True, help_text="Pence, for kit, books and trips. Empty: not known.", null=True
                    ),
                ),
                (
                    "option_block",
                    models.CharField(blank=True, help_text="Two runs of a provider in one block clash.", max_length=20),
                ),
                ("places", models.PositiveIntegerField(blank=True, help_text="Empty: not known.", null=True)),
                (
                    "places_taken",
                    models.PositiveIntegerField(
                        default=0, help_text="Kept by the applications floor through a prospectus action."
                    ),
                ),
                ("apply_from_on", models.DateField(blank=True, null=True)),
                ("apply_until_on", models.DateField(blank=True, null=True)),
                (
                    "apply_url",
                    models.URLField(blank=True, help_text="The provider's own way to apply.", max_length=500),
                ),
                (
                    "opening_set_on",
                    models.DateField(
                        blank=True,
                        help_text="Somebody said here how and when one applies: no feed changes it.",
                        null=True,
                    ),
                ),
                ("takes_applications", models.BooleanField(default=False, help_text="Learners may apply for it here.")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        db_default="published",
                        default="published",
                        max_length=12,
                    ),
                ),
                (
                    "rolled_from",
                    models.ForeignKey(
                        blank=True,
                        help_text="Last year's run, which this one was copied from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rolled_into",
                        to="prospectus.courserun",
                    ),
                ),
                (
                    "ended_on",
                    models.DateField(
                        blank=True, help_text="Taken out of the prospectus; kept for those who applied.", null=True
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.upload",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["starts_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "provider_reference"), name="one_run_per_provider_reference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published"])), name="run_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("starts_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="run_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExperienceRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="experience_requirement",
                        to="prospectus.course",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taster", "Taster"),
                            ("open_day", "Open day or evening"),
                            ("work_experience", "Work experience"),
                            ("mentoring", "Mentoring"),
                            ("activity", "Activity"),
                        ],
                        help_text="Empty: any kind.",
                        max_length=20,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("course", "One of this course"),
                            ("provider", "Any with the provider of this course"),
                            ("subject", "Any in the subject of this course, wherever it is"),
                        ],
                        default="course",
                        max_length=10,
                    ),
                ),
                (
                    "must_be_validated",
                    models.BooleanField(
                        default=False,
                        help_text="The learner has also written about it, and an adult has validated that.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["", "taster", "open_day", "work_experience", "mentoring", "activity"])
                        ),
                        name="required_experience_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["course", "provider", "subject"])),
                        name="required_experience_scope_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeds",
                        to="providers.organisation",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose providers' catalogues are all in it; instead of one provider.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeds",
                        to="providers.area",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("address", "A web address"), ("folder", "A folder that a file is put into")],
                        max_length=10,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=2000)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("daily", "Every day"), ("weekly", "Every week")], default="daily", max_length=10
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(default=0, help_text="0 is Monday. Of weekly feeds.")),
                ("hour", models.PositiveSmallIntegerField(default=3, help_text="In London.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("paused", "Switched off"),
                            ("on", "Switched on"),
                            ("failing", "Failing"),
                            ("ended", "Ended"),
                        ],
                        default="paused",
                        max_length=10,
                    ),
                ),
                (
                    "next_at",
                    models.DateTimeField(
                        blank=True, help_text="When it is fetched next. Empty: not at all.", null=True
                    ),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0, help_text="In a row, the latest fetches.")),
                ("spells", models.PositiveIntegerField(default=0, help_text="How often it has begun to be failing.")),
                (
                    "etag",
                    models.CharField(
                        blank=True, help_text="Of the file that was used last, as it was sent.", max_length=300
                    ),
                ),
                ("last_modified", models.CharField(blank=True, help_text="The same, as it was sent.", max_length=100)),
                ("sha256", models.CharField(blank=True, help_text="Of the file that was used last.", max_length=64)),
                ("used_at", models.DateTimeField(blank=True, help_text="When a file was last used whole.", null=True)),
                (
                    "succeeded_at",
                    models.DateTimeField(
                        blank=True, help_text="When the other side last said how its courses stand.", null=True
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="feed_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["paused", "on", "failing", "ended"])), name="feed_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["address", "folder"])), name="feed_source_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["daily", "weekly"])), name="feed_rhythm_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("area__isnull", False), ("provider", None)),
                            models.Q(("area", None), ("provider__isnull", False)),
                            _connector="OR",
                        ),
                        name="feed_of_a_provider_or_an_area",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "address"), models.Q(("address", ""), _negated=True)),
                            ("source", "folder"),
                            _connector="OR",
                        ),
                        name="feed_address_or_folder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hour__lte", 23), ("weekday__lte", 6)), name="feed_hour_of_a_day"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=("provider",),
                        name="one_feed_per_provider",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=("area",),
                        name="one_feed_per_area",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedFetch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fetches", to="prospectus.feed"
                    ),
                ),
                ("is_trial", models.BooleanField(default=False)),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.job"
                    ),
                ),
                ("started_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("used", "Used"),
                            ("unchanged", "Nothing new"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped"),
                            ("tried", "Tried"),
                        ],
                        help_text="Empty while it runs.",
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="What the other side answered (HTTP).", null=True
                    ),
                ),
                ("size", models.PositiveBigIntegerField(blank=True, help_text="Bytes, unpacked.", null=True)),
                ("etag", models.CharField(blank=True, max_length=300)),
                ("last_modified", models.CharField(blank=True, max_length=100)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("sentence", models.CharField(blank=True, help_text="What came of it, for people.", max_length=300)),
            ],
            options={
                "ordering": ["-started_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "used", "unchanged", "failed", "stopped", "tried"])),
                        name="fetch_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="fetch_ends_with_an_outcome",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("feed", "is_trial"),
                        name="one_running_fetch_per_feed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fetch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="prospectus.feedfetch"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="From 1, in the order of the file.")),
                ("name", models.CharField(blank=True, help_text="As the file names the provider.", max_length=160)),
                ("ukprn", models.CharField(blank=True, help_text="As in the file.", max_length=8)),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feed_parts",
                        to="providers.organisation",
                    ),
                ),
                ("file", models.FileField(blank=True, help_text="Until it has been used.", upload_to="feeds/%Y/%m/")),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.job"
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feed_part",
                        to="providers.upload",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("published", "Published"),
                            ("unchanged", "Nothing new"),
                            ("held", "Waits for somebody"),
                            ("refused", "Not used"),
                            ("unknown", "Not known here"),
                            ("left_out", "Left out"),
                            ("sound", "Would be used"),
                        ],
                        help_text="Empty until it is known.",
                        max_length=10,
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=400)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["fetch", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("fetch", "position"), name="one_part_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["", "published", "unchanged", "held", "refused", "unknown", "left_out", "sound"],
                            )
                        ),
                        name="part_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FreshnessRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="freshness_rules", to="providers.area"
                    ),
                ),
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
                    "rhythm",
                    models.CharField(
                        choices=[("annual", "Once a year"), ("rolling", "Every few months")], max_length=10
                    ),
                ),
                (
                    "turn_month",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="Annual: an update from this month on lasts into the next year."
                    ),
                ),
                (
                    "last_month",
                    models.PositiveSmallIntegerField(default=9, help_text="Annual: green to the end of this month."),
                ),
                (
                    "green_months",
                    models.PositiveSmallIntegerField(default=2, help_text="Rolling: months an update lasts."),
                ),
                (
                    "summer_from_month",
                    models.PositiveSmallIntegerField(
                        default=6, help_text="Rolling: an update from this month on lasts over the summer."
                    ),
                ),
                (
                    "summer_until_month",
                    models.PositiveSmallIntegerField(
                        default=11, help_text="Rolling: such an update lasts at least to the end of this month."
                    ),
                ),
                ("amber_months", models.PositiveSmallIntegerField(default=1, help_text="Months from green to red.")),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(default=42, help_text="Days a new provider has to begin."),
                ),
            ],
            options={
                "ordering": ["area__name", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("area", "kind"), name="one_freshness_rule_per_area_and_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["school", "college", "training_provider", "advice_service", "authority"])
                        ),
                        name="freshness_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["annual", "rolling"])), name="freshness_rhythm_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_month__range", (1, 12)),
                            ("summer_from_month__lte", models.F("summer_until_month")),
                            ("summer_from_month__range", (1, 12)),
                            ("summer_until_month__range", (1, 12)),
                            ("turn_month__lte", models.F("last_month")),
                            ("turn_month__range", (1, 12)),
                        ),
                        name="freshness_months_are_months",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseHealth",
            fields=[
                (
                    "course",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="health",
                        serialize=False,
                        to="prospectus.course",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                ("lacks_level", models.BooleanField()),
                ("lacks_subject", models.BooleanField()),
                ("lacks_texts", models.BooleanField(help_text="Some text that publishing asks for is not there.")),
                ("has_insecure_link", models.BooleanField()),
                (
                    "has_dead_link",
                    models.BooleanField(db_default=False, default=False, help_text="As it was asked at night."),
                ),
                (
                    "text_hash",
                    models.CharField(blank=True, help_text="Of its description. Empty: it has none.", max_length=32),
                ),
                (
                    "copies",
                    models.PositiveIntegerField(default=1, help_text="Courses of the provider with this description."),
                ),
                (
                    "reading_age",
                    models.FloatField(help_text="Years. Empty: too few words to say, or not read yet.", null=True),
                ),
                (
                    "read_hash",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of the words it holds of. Empty: not read yet.",
                        max_length=32,
                    ),
                ),
                (
                    "title_key",
                    models.CharField(
                        help_text="Its words in order of the alphabet, without small ones.", max_length=255
                    ),
                ),
                (
                    "twin",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="Another course of the provider whose title is the same or nearly so.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prospectus.course",
                    ),
                ),
                ("is_for_a_day", models.BooleanField(help_text="A taster or an activity: no cycle waits for it.")),
                (
                    "is_always_open",
                    models.BooleanField(help_text="Some run can be started at any time, or says no date."),
                ),
                (
                    "last_start_on",
                    models.DateField(help_text="Of its published runs. Empty: no run says one.", null=True),
                ),
                (
                    "entry_years",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        help_text="Years of entry of its published runs.",
                        size=None,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("read_hash", "")), fields=["course"], name="course_health_to_read")
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="health_pauses",
                        to="providers.organisation",
                    ),
                ),
                ("until_on", models.DateField(help_text="Last day without e-mails.")),
                ("reason", models.CharField(max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True, help_text="Ended before its time, or replaced by another.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("provider",), name="one_open_health_pause"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FreshnessNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="freshness_notices",
                        to="providers.organisation",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("turned_amber", "Turned amber"),
                            ("one_week_amber", "One week amber"),
                            ("week_before_red", "One week before red"),
                            ("turned_red", "Turned red"),
                            ("still_red", "Another week red"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "due_on",
                    models.DateField(help_text="The day of the occasion; it may be told on a later working day."),
                ),
                ("people", models.PositiveSmallIntegerField(help_text="How many people it is sent to.")),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "due_on"), name="one_freshness_notice_per_occasion"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "step__in",
                                ["turned_amber", "one_week_amber", "week_before_red", "turned_red", "still_red"],
                            )
                        ),
                        name="notice_step_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.upload",
                    ),
                ),
                ("thing", models.CharField(max_length=10)),
                (
                    "thing_key",
                    models.BigIntegerField(
                        help_text="Primary key of the course, run or site; a number for the others."
                    ),
                ),
                (
                    "before",
                    models.JSONField(help_text="Every column as it was. Empty: the upload added it.", null=True),
                ),
                (
                    "version",
                    models.CharField(
                        blank=True,
                        help_text="Digest of the thing after the upload: another one says it was touched.",
                        max_length=32,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "thing", "thing_key"), name="one_image_per_thing"),
                    models.CheckConstraint(
                        condition=models.Q(("thing__in", ["course", "run", "site", "checked"])),
                        name="image_thing_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseInterest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="interest", to="prospectus.course"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("view", "Course page looked at"),
                            ("shortlist", "Put on a shortlist"),
                            ("apply_click", "Way to apply followed"),
                            ("application", "Applied for here"),
                            ("offer", "Offered here"),
                        ],
                        max_length=12,
                    ),
                ),
                ("times", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("course", "day", "kind"), name="one_count_per_course_day_and_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["view", "shortlist", "apply_click", "application", "offer"])),
                        name="interest_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShortlistItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shortlist",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="prospectus.course"
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="Only its owner sees it.", max_length=300)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "course"), name="one_shortlist_item_per_course")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "address",
                    models.CharField(
                        help_text="The search's own query string, in one order, without a page.", max_length=2000
                    ),
                ),
                ("is_mailed", models.BooleanField(default=True, help_text="A weekly e-mail when something is new.")),
                (
                    "seen_at",
                    models.DateTimeField(default=core.clock.now, help_text="Courses published since then are new."),
                ),
                ("told_at", models.DateTimeField(default=core.clock.now, help_text="The last e-mail, or the start.")),
                (
                    "new_courses",
                    models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Published since it was last looked at, as counted last night.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "verbose_name_plural": "saved searches",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "address"), name="one_saved_search_per_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchMiss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.area",
                    ),
                ),
                (
                    "words",
                    models.CharField(help_text="As search reads them: small letters, no postcode.", max_length=100),
                ),
                ("times", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "area", "words"), name="one_miss_per_day_area_and_words", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(blank=True, max_length=120)),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospectus.subject",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospectus.level",
                    ),
                ),
                ("outcode", models.CharField(blank=True, help_text="The first half of a postcode.", max_length=4)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.area",
                    ),
                ),
                ("made_on", models.DateField(default=core.clock.today)),
            ],
            options={
                "verbose_name_plural": "wishes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject", None), ("words", ""), _negated=True), name="wish_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=500, unique=True)),
                ("host", models.CharField(help_text="Asked about a few addresses a night.", max_length=255)),
                ("asked_at", models.DateTimeField(help_text="When it was last asked. Empty: not yet.", null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("there", "Something is there"),
                            ("missing", "The page is not there"),
                            ("broken", "The site says that it is broken"),
                            ("silent", "The site does not answer"),
                        ],
                        help_text="The last one.",
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="Of HTTP. Empty: there was no answer.", null=True),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, help_text="Nights in a row without anything there."),
                ),
                ("failing_since", models.DateField(help_text="The first of these nights.", null=True)),
                (
                    "is_dead",
                    models.BooleanField(default=False, help_text="Three such nights, or more, over three days."),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("is_dead", True)), fields=["address"], name="link_dead")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer", ""), ("answer__in", ["there", "missing", "broken", "silent"]), _connector="OR"
                        ),
                        name="link_answer_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("failures", 0), ("failing_since__isnull", False), _connector="XOR"),
                        name="link_failing_since_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paper_lines", to="providers.upload"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="From 1, in the order people read them.")),
                ("row", models.PositiveIntegerField(help_text="As the spreadsheet shows it. 0: not on paper.")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("differs", "Different here"),
                            ("only_paper", "Only on paper"),
                            ("only_here", "Only here"),
                            ("perhaps", "Perhaps the same"),
                            ("same", "The same"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        help_text="The one it is held to.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospectus.course",
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="As on paper; as it is here where it is not on paper.", max_length=300),
                ),
                (
                    "pairs",
                    models.JSONField(
                        default=list, help_text="[[what, on paper, here, whether they differ]] to be shown."
                    ),
                ),
            ],
            options={
                "ordering": ["upload", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "position"), name="one_paper_line_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["differs", "only_paper", "only_here", "perhaps", "same"])),
                        name="paper_verdict_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseReview",
            fields=[
                (
                    "course",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="review",
                        serialize=False,
                        to="prospectus.course",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits to be read"),
                            ("returned", "Returned with a comment"),
                            ("checked", "In order"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "words_hash",
                    models.CharField(
                        help_text="Of the words that wait or were read, as its health has it.", max_length=32
                    ),
                ),
                (
                    "waits_since",
                    models.DateTimeField(default=core.clock.now, help_text="When words nobody has read first came."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Who read it last. Empty: nobody.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(help_text="When it was last read.", null=True)),
                (
                    "comment",
                    models.CharField(blank=True, help_text="To the provider: what to change.", max_length=1000),
                ),
                ("read_words", models.JSONField(default=dict, help_text="The texts as they were last read, by field.")),
                (
                    "told_at",
                    models.DateTimeField(help_text="When the provider was last told that it was returned.", null=True),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "waits_since"], name="review_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "returned", "checked"])), name="review_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("comment", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="review_returned_with_a_comment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"),
                            models.Q(("by__isnull", False), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="review_read_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacetSet",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "subject_code",
                    models.CharField(blank=True, help_text="Tier 2 where known; its sector is in front.", max_length=4),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=1), default=list, size=None
                    ),
                ),
                ("type_code", models.CharField(blank=True, max_length=30)),
                ("kind", models.CharField(max_length=20)),
                ("stage", models.CharField(max_length=20)),
                ("study_mode", models.CharField(max_length=20)),
                ("delivery", models.CharField(max_length=20)),
                ("pattern", models.CharField(max_length=20)),
                ("start", models.CharField(blank=True, max_length=10)),
                ("start_month", models.CharField(blank=True, max_length=7)),
                ("takes_applications", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changes", models.PositiveBigIntegerField(db_default=1, default=1)),
            ],
        ),
        migrations.CreateModel(
            name="CountCache",
            fields=[
                ("slot", models.IntegerField(primary_key=True, serialize=False)),
                ("key", models.CharField(help_text="A hash of the question as it was understood.", max_length=64)),
                ("version", models.BigIntegerField(help_text="Of what is found; with another one it says nothing.")),
                ("counted", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="CourseSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prospectus.course",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.area",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "facets",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Key of its FacetSet: all that filters ask, without the places, which change.",
                    ),
                ),
                (
                    "repeated_course",
                    models.BigIntegerField(
                        default=0,
                        help_text="Its course, where that has several rows: together they count once. 0 where it has one.",
                    ),
                ),
                (
                    "worth",
                    models.FloatField(
                        db_default=1.0,
                        default=1,
                        help_text="What its rank is multiplied by: less for a taster than for a course.",
                    ),
                ),
                (
                    "is_lead",
                    models.BooleanField(
                        default=True, help_text="The one row of its course that stands for all of them."
                    ),
                ),
                ("takes_applications", models.BooleanField(default=False)),
                ("is_flexible_start", models.BooleanField(default=False)),
                (
                    "run",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prospectus.courserun",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.site",
                    ),
                ),
                ("starts_on", models.DateField(null=True)),
                (
                    "places",
                    models.CharField(
                        blank=True,
                        choices=[("left", "Places left"), ("full", "Full")],
                        db_default="",
                        help_text="Empty: not known. Kept up to date as places are taken and given back.",
                        max_length=4,
                    ),
                ),
                ("title", models.CharField(max_length=255)),
                (
                    "words",
                    django.contrib.postgres.search.SearchVectorField(
                        help_text="Title A, subject and type B, provider, towns and career words C; the same in all rows of a course."
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=1), default=list, size=None
                    ),
                ),
                ("subject_code", models.CharField(blank=True, help_text="Tier 2 where known.", max_length=4)),
                ("sector_code", models.CharField(blank=True, help_text="Tier 1.", max_length=2)),
                ("type_code", models.CharField(blank=True, max_length=30)),
                ("kind", models.CharField(db_default="course", max_length=20)),
                ("stage", models.CharField(db_default="post_16", max_length=20)),
                ("study_mode", models.CharField(max_length=20)),
                ("delivery", models.CharField(max_length=20)),
                ("pattern", models.CharField(max_length=20)),
                (
                    "start",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("autumn", "August to October"),
                            ("part_year", "Part-way through the year"),
                            ("any_time", "Any time"),
                        ],
                        help_text="Empty: not known.",
                        max_length=10,
                    ),
                ),
                (
                    "start_month",
                    models.CharField(blank=True, db_default="", help_text="2027-09; empty: not known.", max_length=7),
                ),
                (
                    "partners",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        db_default=[],
                        default=list,
                        help_text="Further providers who teach it with its own.",
                        size=None,
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["area", "words"], name="course_search_area_words"),
                    models.Index(fields=["area", "title", "id"], name="course_search_area_title"),
                    models.Index(fields=["title", "id"], name="course_search_title"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("run", None)), fields=("course",), name="one_search_row_without_run"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=60, primary_key=True, serialize=False)),
                (
                    "lexeme",
                    models.CharField(
                        db_index=True, help_text="What the index keeps of it: plumbing is plumb.", max_length=60
                    ),
                ),
                (
                    "uses",
                    models.PositiveIntegerField(
                        help_text="Search rows that have it; 0 for a word only of the synonyms."
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said", models.CharField(help_text="What somebody types, in small letters.", max_length=60)),
                ("meant", models.CharField(help_text="What courses call it.", max_length=120)),
                (
                    "is_ours",
                    models.BooleanField(
                        default=False, help_text="As the portal came with it; no staff have decided on it."
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, help_text="Taken out of use by staff.", null=True)),
            ],
            options={
                "ordering": ["said", "meant"],
                "constraints": [models.UniqueConstraint(fields=("said", "meant"), name="one_synonym")],
            },
        ),
        migrations.CreateModel(
            name="CareerWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="career_words",
                        to="prospectus.subject",
                    ),
                ),
                ("words", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["subject", "words"],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "words"), name="one_career_word_per_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="PhraseRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phrase", models.CharField(max_length=60, unique=True)),
                (
                    "filter_name",
                    models.CharField(help_text="One of prospectus.queries.words.RULE_FILTERS.", max_length=20),
                ),
                ("filter_value", models.CharField(max_length=30)),
                (
                    "is_ours",
                    models.BooleanField(
                        default=False, help_text="As the portal came with it; no staff have decided on it."
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, help_text="Taken out of use by staff.", null=True)),
            ],
            options={
                "ordering": ["phrase"],
            },
        ),
    ]
