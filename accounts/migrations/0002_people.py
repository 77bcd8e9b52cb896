import core.clock
import core.references
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("activity", "0001_initial"),
        ("providers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Learner",
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
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="learner",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("given_name", models.CharField(max_length=100)),
                ("family_name", models.CharField(max_length=100)),
                (
                    "preferred_name",
                    models.CharField(
                        blank=True, help_text="What they are called, when not the given name.", max_length=100
                    ),
                ),
                ("birth_on", models.DateField(help_text="Date of birth.")),
                ("upn", models.CharField(blank=True, max_length=13, null=True, unique=True, verbose_name="UPN")),
                ("uln", models.CharField(blank=True, max_length=10, verbose_name="ULN")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="learners", to="providers.area"
                    ),
                ),
                (
                    "residence_authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.localauthority",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "erased_at",
                    models.DateTimeField(
                        editable=False, help_text="Who this was is gone; what stays is for figures.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["family_name", "given_name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LearnerContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contact", to="accounts.learner"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("address", models.CharField(blank=True, max_length=400)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                (
                    "bounced_email",
                    models.EmailField(
                        blank=True,
                        db_default="",
                        help_text="The address from which e-mails came back. While it is still the address, none are sent there.",
                        max_length=254,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Lower("bounced_email"),
                        condition=models.Q(("bounced_email", ""), _negated=True),
                        name="contact_bounced",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_wordings",
                        to="providers.area",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("advice_service", "Share my plan and applications with the advice service"),
                            ("record_match", "Look for the record a school has of me"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.TextField()),
                (
                    "is_material",
                    models.BooleanField(
                        help_text="It asks for something else than before, so older answers do not hold."
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["advice_service", "record_match"])), name="wording_kind_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="accounts.learner"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("advice_service", "Share my plan and applications with the advice service"),
                            ("record_match", "Look for the record a school has of me"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_given", models.BooleanField()),
                ("words", models.TextField(help_text="The question as it was shown.")),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["learner", "kind", "-at"], name="accounts_co_learner_1e4897_idx")],
            },
        ),
        migrations.CreateModel(
            name="LearnerDoubt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        help_text="Who is asked.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="learner_doubts",
                        to="providers.organisation",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        help_text="The new record.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="doubts",
                        to="accounts.learner",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        help_text="Who was here before.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.learner",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("name", "Same names and date of birth, but not surely the same home"),
                            (
                                "registered",
                                "Registered by themselves, with the same date of birth and the same names or home",
                            ),
                            ("uln", "Same ULN, but another date of birth or UPN"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To answer"),
                            ("asked", "With the area"),
                            ("same", "The same learner"),
                            ("different", "Two learners"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="providers.upload",
                    ),
                ),
                (
                    "is_thought_same",
                    models.BooleanField(
                        help_text="What the school thinks, where the area has to say. Empty: it does not know.",
                        null=True,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "other"), name="one_doubt_per_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "asked", "same", "different"])),
                        name="doubt_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["name", "registered", "uln"])), name="doubt_reason_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("learner", models.F("other")), _negated=True), name="doubt_of_two_records"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolGrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="school_grades", to="accounts.learner"
                    ),
                ),
                ("kind", models.CharField(choices=[("prior", "Result"), ("predicted", "Predicted")], max_length=10)),
                (
                    "stage",
                    models.CharField(blank=True, help_text="Key stage, like KS2. Empty: not said.", max_length=10),
                ),
                ("subject", models.CharField(max_length=80)),
                (
                    "value",
                    models.CharField(help_text="The grade, mark or level, in the school's words.", max_length=20),
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
                ("said_on", models.DateField(default=core.clock.today)),
            ],
            options={
                "ordering": ["learner", "kind", "stage", "subject"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("learner", "school", "kind", "stage", "subject"), name="one_grade_per_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["prior", "predicted"])), name="grade_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendance", to="accounts.learner"
                    ),
                ),
                (
                    "school_year",
                    models.PositiveSmallIntegerField(help_text="The year it began: 2026 from September 2026."),
                ),
                ("possible", models.PositiveSmallIntegerField(help_text="Sessions there were.")),
                ("attended", models.PositiveSmallIntegerField(help_text="Sessions the learner was there for.")),
                (
                    "school",
                    models.ForeignKey(
                        help_text="Whose word it is.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                ("said_on", models.DateField(default=core.clock.today)),
            ],
            options={
                "ordering": ["learner", "-school_year"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("learner", "school", "school_year"), name="one_attendance_per_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attended__lte", models.F("possible")), ("possible__gt", 0)),
                        name="attendance_within_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Characteristics",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="characteristics",
                        to="accounts.learner",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, help_text="F, M, or as the school writes it; empty: not said.", max_length=1
                    ),
                ),
                (
                    "ethnicity",
                    models.CharField(blank=True, help_text="Code of the common basic data set.", max_length=4),
                ),
                (
                    "sen_provision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("N", "No special educational need"),
                            ("K", "SEN support"),
                            ("E", "Education, health and care plan"),
                            ("A", "School Action"),
                            ("P", "School Action Plus"),
                            ("S", "Statement"),
                        ],
                        max_length=1,
                    ),
                ),
                (
                    "sen_needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4),
                        default=list,
                        help_text="Kinds of need, the main one first.",
                        size=None,
                    ),
                ),
                (
                    "has_free_meals",
                    models.BooleanField(help_text="Eligible for free school meals. Empty: not said.", null=True),
                ),
                (
                    "is_looked_after",
                    models.BooleanField(help_text="In the care of an authority. Empty: not said.", null=True),
                ),
                ("said_on", models.DateField(default=core.clock.today)),
            ],
            options={
                "verbose_name_plural": "characteristics",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sen_provision__in", ["", "N", "K", "E", "A", "P", "S"])),
                        name="sen_provision_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MailChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("topic", models.CharField(help_text="As activity.kinds has it.", max_length=40)),
                (
                    "when",
                    models.CharField(
                        choices=[("at_once", "At once"), ("daily", "Once a day"), ("never", "Never")], max_length=10
                    ),
                ),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["topic"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "topic"), name="one_mail_choice_per_topic"),
                    models.CheckConstraint(
                        condition=models.Q(("when__in", ["at_once", "daily", "never"])), name="mail_choice_when_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="daily_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("on", models.DateField()),
                ("made_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "on"), name="one_daily_mail_a_day")],
            },
        ),
        migrations.CreateModel(
            name="DailyItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="daily_items",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                (
                    "about",
                    models.CharField(
                        help_text="The thing it is about: two words of one thing count once.", max_length=80
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now)),
                (
                    "mail",
                    models.ForeignKey(
                        help_text="Empty: it waits.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="accounts.dailymail",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("mail", None)), fields=["user", "at"], name="daily_item_waiting")
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="receipts", to="accounts.learner"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        help_text="In which role. Empty: somebody the learner let in.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                (
                    "section",
                    models.CharField(
                        choices=[
                            ("record", "your name, your school and how your applications stand"),
                            ("contact", "how to reach you"),
                            ("notes", "what your adviser wrote down"),
                            ("choices", "your choices"),
                            ("application", "an application you sent"),
                            ("statement", "your statement"),
                            ("plan", "your plan"),
                            ("experiences", "your experiences"),
                            ("messages", "your messages"),
                            ("reviews", "your reviews and targets"),
                            ("transition", "your transition plan"),
                            ("assessment", "your learning-difficulty assessment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("on", models.DateField(help_text="Which day, in London.")),
                ("times", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-on", "-last_at", "-pk"],
                "indexes": [
                    models.Index(fields=["learner", "-on"], name="accounts_re_learner_7fad9e_idx"),
                    models.Index(fields=["reader", "-on"], name="accounts_re_reader__2f091e_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("learner", "reader", "role", "section", "on"),
                        name="one_receipt_a_day",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "section__in",
                                [
                                    "record",
                                    "contact",
                                    "notes",
                                    "choices",
                                    "application",
                                    "statement",
                                    "plan",
                                    "experiences",
                                    "messages",
                                    "reviews",
                                    "transition",
                                    "assessment",
                                ],
                            )
                        ),
                        name="receipt_section_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter_runs",
                        to="providers.organisation",
                    ),
                ),
                ("year_group", models.PositiveSmallIntegerField(blank=True, help_text="Empty: every year.", null=True)),
                ("tutor_group", models.CharField(blank=True, help_text="Empty: every tutor group.", max_length=20)),
                (
                    "learner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only this one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.learner",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("hand_out", "Letters to hand out"),
                            ("home", "Letters to post home"),
                            ("card", "Cards for a wallet"),
                        ],
                        db_default="hand_out",
                        default="hand_out",
                        max_length=10,
                    ),
                ),
                (
                    "only_missing",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Only those without a letter that was fetched and still works.",
                    ),
                ),
                (
                    "has_covers",
                    models.BooleanField(
                        db_default=False, default=False, help_text="A page of names for each tutor group."
                    ),
                ),
                (
                    "parents_languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=[("en", "English"), ("pl", "Polish")], max_length=2),
                        blank=True,
                        db_default=[],
                        default=list,
                        help_text="Languages of the sheet for parents and carers; empty for none.",
                        size=None,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.job"
                    ),
                ),
                ("letter_count", models.PositiveIntegerField(null=True)),
                (
                    "left_out_count",
                    models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Learners named on the first page because the roll has no address of theirs.",
                    ),
                ),
                ("pdf", models.BinaryField(help_text="Removed once fetched, or when it expires.", null=True)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("expires_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="UnlockCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="unlock_codes", to="accounts.learner"
                    ),
                ),
                (
                    "letter_run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unlock_codes",
                        to="accounts.letterrun",
                    ),
                ),
                (
                    "code_hash",
                    models.CharField(
                        help_text="HMAC-SHA256 with the server's unlock key, hex.", max_length=64, unique=True
                    ),
                ),
                ("issued_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("expires_on", models.DateField()),
                ("used_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(help_text="Re-issued or withdrawn before use.", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("used_at", None)),
                        fields=("learner",),
                        name="one_open_unlock_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityCheck",
            fields=[
                ("code", models.SlugField(max_length=20, primary_key=True, serialize=False)),
                ("words", models.CharField(help_text="What the member of staff says they did.", max_length=120)),
                ("place", models.PositiveSmallIntegerField(default=0, help_text="Order in the list.")),
                ("is_used", models.BooleanField(default=True, help_text="Offered for new recoveries.")),
            ],
            options={
                "ordering": ["place", "code"],
            },
        ),
        migrations.CreateModel(
            name="RecoveryRule",
            fields=[
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="providers.area",
                    ),
                ),
                ("daily_limit", models.PositiveSmallIntegerField(default=10)),
            ],
        ),
        migrations.CreateModel(
            name="Recovery",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="accounts.learner"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "identity_check",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.identitycheck"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "needs_second",
                    models.BooleanField(default=False, help_text="Above the day's limit: a second person must agree."),
                ),
                (
                    "second",
                    models.ForeignKey(
                        help_text="Who agreed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "code_hash",
                    models.CharField(
                        blank=True, help_text="HMAC, as of unlock codes.", max_length=64, null=True, unique=True
                    ),
                ),
                (
                    "unlock_code",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recovery",
                        to="accounts.unlockcode",
                    ),
                ),
                ("issued_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(help_text="Replaced by a newer one.", null=True)),
                (
                    "told_at",
                    models.DateTimeField(help_text="When the learner saw, signed in, that it was made.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "recoveries",
                "ordering": ["-asked_at", "-pk"],
                "indexes": [models.Index(fields=["by", "asked_at"], name="accounts_re_by_id_ca41c2_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("used_at", None)),
                        fields=("learner",),
                        name="one_open_recovery",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second", None), models.Q(("second", models.F("by")), _negated=True), _connector="OR"
                        ),
                        name="second_is_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("issued_at", None), ("needs_second", False), ("second__isnull", False), _connector="OR"
                        ),
                        name="second_agreed_before_the_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnlockFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unlock_code",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failures",
                        to="accounts.unlockcode",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failures",
                        to="accounts.recovery",
                    ),
                ),
                (
                    "address_hash",
                    models.CharField(help_text="HMAC of the network address; the address is not kept.", max_length=64),
                ),
                ("at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["address_hash", "at"], name="accounts_un_address_10ccda_idx"),
                    models.Index(fields=["unlock_code", "at"], name="accounts_un_unlock__96a5de_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LearnerSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.area"
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        help_text="Empty: nobody was found.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.learner",
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "verbose_name_plural": "learner searches",
                "indexes": [models.Index(fields=["by", "at"], name="accounts_le_by_id_827641_idx")],
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_in_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("confirm", "Confirm an address"), ("recover", "Choose a new password")], max_length=10
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="Where it was sent. Emptied when it is over.", max_length=254
                    ),
                ),
                (
                    "token_hash",
                    models.CharField(
                        blank=True, help_text="SHA-256, hex. Empty until the e-mail is sent.", max_length=64
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["user", "created_at"], name="accounts_si_user_id_5c01b5_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="one_sign_in_link_per_token",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["confirm", "recover"])), name="sign_in_link_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("email_hash", models.CharField(help_text="HMAC, to count with.", max_length=64)),
                ("address_hash", models.CharField(help_text="HMAC of the network address.", max_length=64)),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["email_hash", "at"], name="accounts_re_email_h_fca5e2_idx"),
                    models.Index(fields=["address_hash", "at"], name="accounts_re_address_cc500f_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="registration", to="accounts.learner"
                    ),
                ),
                (
                    "attends",
                    models.CharField(
                        choices=[
                            ("school", "At a school or college in the list below"),
                            ("elsewhere", "At a school or college that is not in the list"),
                            ("home", "I learn at home"),
                            ("nowhere", "I am not at school or college"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "elsewhere",
                    models.CharField(
                        blank=True, help_text="A school that is not here, in their words.", max_length=120
                    ),
                ),
                (
                    "given_name",
                    models.CharField(
                        blank=True, help_text="As typed. Emptied when it cannot be undone.", max_length=100
                    ),
                ),
                ("family_name", models.CharField(blank=True, max_length=100)),
                ("birth_on", models.DateField(null=True)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                (
                    "address_hash",
                    models.CharField(blank=True, help_text="HMAC of the network address, for a day.", max_length=64),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "joined_at",
                    models.DateTimeField(help_text="When it became one with the record of a school.", null=True),
                ),
                (
                    "joined_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["address_hash", "created_at"], name="accounts_re_address_aae574_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("attends__in", ["school", "elsewhere", "home", "nowhere"])),
                        name="attends_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attends", "school"), ("school__isnull", True), _connector="XOR"),
                        name="school_where_attended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataCopy",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="data_copies", to="accounts.learner"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.job"
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("zip", models.BinaryField(help_text="Removed when it expires.", null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(help_text="When it was last fetched.", null=True)),
            ],
            options={
                "verbose_name_plural": "data copies",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasures", to="accounts.learner"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for a second officer"),
                            ("agreed", "Will be carried out"),
                            ("done", "Carried out"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("is_own", models.BooleanField(help_text="The learner asked.")),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why an officer asked. Emptied when it is done.", max_length=300
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("asked_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("due_on", models.DateField(help_text="First day it may be carried out.", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "hold",
                    models.CharField(
                        blank=True, help_text="Why it could not be carried out last night.", max_length=300
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["agreed", "asked"])),
                        fields=("learner",),
                        name="one_open_erasure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "agreed", "done", "withdrawn"])),
                        name="erasure_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergedLearner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(help_text="Of the record that is gone.", max_length=20, unique=True)),
                ("key", models.BigIntegerField(help_text="Of the record that is gone: history names it.", unique=True)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="merged", to="accounts.learner"
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
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("days", models.PositiveIntegerField(help_text="Days after it was last needed.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("is_rehearsal", models.BooleanField(help_text="Nothing was removed.")),
                ("counts", models.JSONField(default=dict, help_text="Name of the rule -> how many.")),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="RollEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roll_entries", to="accounts.learner"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roll_entries",
                        to="providers.organisation",
                    ),
                ),
                ("year_group", models.PositiveSmallIntegerField(help_text="National curriculum year, 7 to 14.")),
                ("tutor_group", models.CharField(blank=True, max_length=20)),
                (
                    "local_id",
                    models.CharField(
                        blank=True, help_text="The school system's own number for the learner.", max_length=40
                    ),
                ),
                ("started_on", models.DateField(default=core.clock.today)),
                (
                    "ended_on",
                    models.DateField(blank=True, help_text="First day no longer on the roll in this group.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "roll entries",
                "ordering": ["year_group", "tutor_group", "pk"],
                "indexes": [
                    models.Index(fields=["school", "year_group", "tutor_group"], name="accounts_ro_school__7c26d1_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)), fields=("learner",), name="one_open_roll_entry"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year_group__range", (7, 14))), name="roll_year_group_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="roll_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseloadSchool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "adviser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caseload_schools",
                        to="providers.staffrole",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caseload_schools",
                        to="providers.organisation",
                    ),
                ),
                ("started_on", models.DateField(default=core.clock.today)),
                ("ended_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("adviser", "school"),
                        name="one_open_caseload_school",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RollHeading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.organisation"
                    ),
                ),
                ("heading", models.CharField(help_text="Squeezed to its letters and figures.", max_length=200)),
                ("thing", models.CharField(help_text="What it holds, of accounts.imports.columns.", max_length=30)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("answered_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["school", "heading"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "heading"), name="one_answer_per_roll_heading")
                ],
            },
        ),
        migrations.CreateModel(
            name="RollImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.upload"
                    ),
                ),
                ("learner_key", models.BigIntegerField(help_text="Primary key of the learner.")),
                ("before", models.JSONField(help_text="Empty: the roll added them.", null=True)),
                ("after", models.JSONField(help_text="Anything else now says that they were touched since.")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "learner_key"), name="one_roll_image_per_learner")
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "device",
                    models.CharField(
                        blank=True, help_text="Browser and system in words, as it said of itself.", max_length=60
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, help_text="When the person signed in there.", null=True),
                ),
                ("seen_at", models.DateTimeField(blank=True, help_text="Last request, to a minute or so.", null=True)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SignOn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sign_on", to="providers.organisation"
                    ),
                ),
                ("issuer", models.CharField(help_text="As the issuer writes itself.", max_length=255)),
                ("client_id", models.CharField(max_length=255)),
                ("secret", models.TextField(help_text="Sealed: core.sealing.")),
                ("trusts_factor", models.BooleanField(default=False, help_text="Its second factor counts here.")),
                (
                    "strong_level",
                    models.CharField(
                        blank=True,
                        help_text="The acr with which it means two factors, beside “mfa” in amr.",
                        max_length=255,
                    ),
                ),
                (
                    "tried_at",
                    models.DateTimeField(
                        blank=True, help_text="Somebody came back signed on, as it is set now.", null=True
                    ),
                ),
                (
                    "on_at",
                    models.DateTimeField(
                        blank=True, help_text="Since when it signs people on; empty: it does not.", null=True
                    ),
                ),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("on_at", None), ("tried_at__isnull", False), _connector="OR"),
                        name="sign_on_is_tried_before",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOnDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sign_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="domains", to="accounts.signon"
                    ),
                ),
                ("domain", models.CharField(max_length=253, unique=True)),
            ],
            options={
                "ordering": ["domain"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("domain", django.db.models.functions.text.Lower(models.F("domain")))),
                        name="sign_on_domain_small_letters",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOnIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sign_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identities", to="accounts.signon"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_on_identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issuer", models.CharField(max_length=255)),
                ("subject", models.CharField(help_text="The issuer's own name for the person.", max_length=255)),
                ("joined_at", models.DateTimeField(default=core.clock.now)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "sign-on identities",
                "constraints": [
                    models.UniqueConstraint(fields=("sign_on", "issuer", "subject"), name="one_account_per_identity"),
                    models.UniqueConstraint(fields=("sign_on", "user"), name="one_identity_per_sign_on"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supporter",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="supporters", to="accounts.learner"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        help_text="Who accepted. Empty: nobody yet.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("parent", "My parent or carer"),
                            ("professional", "Somebody who works with me, such as a mentor, key worker or teacher"),
                        ],
                        max_length=20,
                    ),
                ),
                ("known_as", models.CharField(help_text="What the learner calls them.", max_length=60)),
                (
                    "sections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("choices", "The choices I have sent, and how they stand"),
                                ("statement", "My statement"),
                                ("plan", "My plan"),
                                ("experiences", "My experiences"),
                                ("reviews", "My reviews and targets"),
                                ("transition", "My transition plan"),
                                ("assessment", "My learning-difficulty assessment"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("until_on", models.DateField(help_text="Last day on which they may look.")),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Where the invitation goes. Empty: a code was handed over, or over.",
                        max_length=254,
                    ),
                ),
                (
                    "token_hash",
                    models.CharField(
                        blank=True,
                        help_text="Hash of the link's token or of the code. Empty until sent, and when over.",
                        max_length=64,
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("expires_at", models.DateTimeField(help_text="When the invitation stops working.")),
                ("accepted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["parent", "professional"])), name="supporter_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sections__contained_by",
                                ["choices", "statement", "plan", "experiences", "reviews", "transition", "assessment"],
                            )
                        ),
                        name="supporter_sections_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("user", None)), ("user__isnull", False), _connector="OR"
                        ),
                        name="accepted_supporter_has_user",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("user__isnull", False)),
                        fields=("learner", "user"),
                        name="one_open_supporter",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="one_supporter_per_token",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnlockWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="unlock_windows", to="providers.area"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the area's, for schools that have none.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unlock_windows",
                        to="providers.organisation",
                    ),
                ),
                ("opens_on", models.DateField(help_text="First day on which codes work.")),
                ("closes_on", models.DateField(help_text="Last day on which codes work.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(blank=True, help_text="Taken away again.", null=True)),
            ],
            options={
                "ordering": ["opens_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))), name="unlock_window_in_order"
                    )
                ],
            },
        ),
    ]
