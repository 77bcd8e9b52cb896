import core.clock
import core.references
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import ilp.models.conversation
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_people"),
        ("accounts", "__first__"),
        ("prospectus", "0001_initial"),
        ("providers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="accounts.learner"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "Meeting"),
                            ("phone", "Phone call"),
                            ("message", "Message or letter"),
                            ("visit", "Home visit"),
                            ("no_answer", "Tried, no answer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("on", models.DateField(default=core.clock.today, help_text="The day it happened.")),
                (
                    "note",
                    models.TextField(blank=True, help_text="What was said. Advisers of this learner can read it."),
                ),
                ("next_step", models.CharField(blank=True, max_length=200)),
                ("next_on", models.DateField(blank=True, help_text="When the next step is due.", null=True)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "indexes": [models.Index(fields=["learner", "-on"], name="ilp_contact_learner_d01ee2_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["meeting", "phone", "message", "visit", "no_answer"])),
                        name="contact_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversations", to="accounts.learner"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="providers.organisation",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        help_text="What it is about, as app.model:key of a higher floor. Empty: anything.",
                        max_length=80,
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "last_at",
                    models.DateTimeField(help_text="When the newest message was sent. Empty: none yet.", null=True),
                ),
                (
                    "learner_read_at",
                    models.DateTimeField(help_text="What was shown until then the learner has read.", null=True),
                ),
                ("paused_at", models.DateTimeField(help_text="The learner does not want to talk for now.", null=True)),
            ],
            options={
                "ordering": ["-last_at", "-pk"],
                "indexes": [models.Index(fields=["service", "-last_at"], name="ilp_convers_service_8cfee2_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("learner", "service", "subject"), name="one_conversation_with_a_service_about_a_thing"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="ilp.conversation"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty: the service.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        help_text="Of an adult.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                ("is_from_learner", models.BooleanField()),
                (
                    "text",
                    models.TextField(
                        blank=True, help_text="Plain text. Empty where there are only files, or after an erasure."
                    ),
                ),
                (
                    "once",
                    models.CharField(
                        help_text="Key of the form it was written in, so that it is sent once.", max_length=20
                    ),
                ),
                ("sent_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "shown_at",
                    models.DateTimeField(
                        help_text="From when the other side reads it: for a learner after quiet hours."
                    ),
                ),
            ],
            options={
                "ordering": ["sent_at", "pk"],
                "indexes": [models.Index(fields=["conversation", "sent_at"], name="ilp_message_convers_b70147_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("conversation", "by", "once"), name="one_message_per_form", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_from_learner", False), ("role", None), _connector="OR"),
                        name="learner_writes_in_no_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageAttachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="ilp.message"
                    ),
                ),
                ("file", models.FileField(blank=True, upload_to=ilp.models.conversation.attachment_path)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("png", "PNG"), ("jpg", "JPEG"), ("docx", "Word"), ("txt", "Text")],
                        max_length=4,
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("sha256", models.CharField(max_length=64)),
                ("removed_at", models.DateTimeField(help_text="When the file went.", null=True)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "png", "jpg", "docx", "txt"])),
                        name="attachment_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="ilp.conversation"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("text", models.TextField()),
                ("saved_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("conversation", "by"), name="one_draft_each")],
            },
        ),
        migrations.CreateModel(
            name="ConversationReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="ilp.conversation"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("conversation", "reader"), name="one_reading_each")],
            },
        ),
        migrations.CreateModel(
            name="MessageNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(help_text="When it was dealt with: sent, or read before.", null=True)),
                (
                    "is_needed",
                    models.BooleanField(
                        default=True, help_text="Something was unread when it was due, so a mail went."
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("sent_at", None)), fields=["due_at"], name="message_notice_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("sent_at", None)), fields=("user",), name="one_open_message_notice"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plan_rule", to="providers.area"
                    ),
                ),
                (
                    "first_year_group",
                    models.PositiveSmallIntegerField(default=7, help_text="The youngest year group with a plan."),
                ),
                (
                    "last_age",
                    models.PositiveSmallIntegerField(default=19, help_text="In years; until the birthday after it."),
                ),
                (
                    "last_age_with_assessment",
                    models.PositiveSmallIntegerField(
                        default=25, help_text="In years, of learners with a learning-difficulty assessment or EHC plan."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_age_with_assessment__gte", models.F("last_age")), ("last_age__gte", 16)
                        ),
                        name="plan_ages_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan", to="accounts.learner"
                    ),
                ),
                ("started_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "changed_at",
                    models.DateTimeField(
                        default=core.clock.now, help_text="When the learner last wrote something in it."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="ilp.plan"
                    ),
                ),
                ("kind", models.CharField(choices=[("statement", "Personal statement"), ("cv", "CV")], max_length=10)),
                ("name", models.CharField(help_text="Which one it is, for the learner.", max_length=60)),
                ("opening", models.TextField(blank=True)),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("email", "My e-mail address"),
                                ("phone", "My phone number"),
                                ("school", "My school"),
                                ("address", "My address. Leave it out unless somebody asks for it"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "marks_validated",
                    models.BooleanField(default=False, help_text="Says which parts an adult has validated."),
                ),
                ("number", models.PositiveIntegerField(default=1, help_text="Goes up with each change.")),
                (
                    "asked_at",
                    models.DateTimeField(
                        help_text="When the learner asked to have it read. Empty: not asked.", null=True
                    ),
                ),
                (
                    "asked_school",
                    models.ForeignKey(
                        help_text="The school whose adults were asked: that of the day. Another one has to be asked anew.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["statement", "cv"])), name="document_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("facts__contained_by", ["email", "phone", "school", "address"])),
                        name="document_facts_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_at", None), ("asked_school", None)),
                            models.Q(("asked_at__isnull", False), ("asked_school__isnull", False)),
                            _connector="OR",
                        ),
                        name="document_asks_a_school",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentRemark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="remarks", to="ilp.document"
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="Which change of the document they read.")),
                ("words", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Experience",
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
                        related_name="experiences",
                        to="providers.organisation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("taster", "Taster"),
                            ("open_day", "Open day or evening"),
                            ("work_experience", "Work experience"),
                            ("mentoring", "Mentoring"),
                            ("activity", "Activity"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("what", models.TextField(help_text="What one does there. Plain text.")),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="experiences",
                        to="prospectus.subject",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        help_text="The course it is a taste of.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="experiences",
                        to="prospectus.course",
                    ),
                ),
                ("first_year_group", models.PositiveSmallIntegerField(default=7)),
                ("last_year_group", models.PositiveSmallIntegerField(default=13)),
                (
                    "is_own_only",
                    models.BooleanField(
                        default=False,
                        help_text="Only for learners of this school, or those this advice service answers for.",
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
                (
                    "place",
                    models.CharField(blank=True, help_text="Where, in words, if it is at no site.", max_length=200),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "is_in_school_time",
                    models.BooleanField(default=False, help_text="The learner’s school has to say yes."),
                ),
                ("places", models.PositiveSmallIntegerField()),
                (
                    "closes_on",
                    models.DateField(blank=True, help_text="Last day to book. Empty: until it begins.", null=True),
                ),
                ("bring", models.CharField(blank=True, help_text="What to bring and to wear.", max_length=300)),
                (
                    "access",
                    models.CharField(blank=True, help_text="For example steps, toilets, signing.", max_length=300),
                ),
                (
                    "contact",
                    models.CharField(blank=True, help_text="Whom to ask, and how. Everybody reads it.", max_length=200),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("cancelled", "Cancelled")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("why_cancelled", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "indexes": [
                    models.Index(fields=["state", "starts_at"], name="ilp_experie_state_1018e0_idx"),
                    models.Index(fields=["organisation", "starts_at"], name="ilp_experie_organis_25f98b_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["taster", "open_day", "work_experience", "mentoring", "activity"])
                        ),
                        name="experience_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published", "cancelled"])),
                        name="experience_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gte", models.F("starts_at"))), name="experience_times_in_order"
                    ),
                    models.CheckConstraint(condition=models.Q(("places__gte", 1)), name="experience_has_places"),
                    models.CheckConstraint(
                        condition=models.Q(("last_year_group__gte", models.F("first_year_group"))),
                        name="experience_years_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpRequest",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="help_requests", to="accounts.learner"
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("ideas", "Finding out what I could do"),
                            ("choosing", "Choosing between courses"),
                            ("applying", "Writing my application"),
                            ("work", "Apprenticeships and work"),
                            ("money", "Money and travel"),
                            ("learning", "Learning and exams"),
                            ("needs", "A disability, a health condition or learning needs"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Nobody has taken it on"),
                            ("taken", "Somebody is helping"),
                            ("closed", "Dealt with"),
                            ("taken_back", "Taken back"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(blank=True, help_text="What was done, for the learner to read.", max_length=300),
                ),
            ],
            options={
                "ordering": ["asked_at", "pk"],
                "indexes": [
                    models.Index(fields=["learner", "state"], name="ilp_helpreq_learner_8d3b09_idx"),
                    models.Index(fields=["state", "asked_at"], name="ilp_helpreq_state_e3b4c3_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topic__in",
                                ["ideas", "choosing", "applying", "work", "money", "learning", "needs", "other"],
                            )
                        ),
                        name="help_topic_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "taken", "closed", "taken_back"])),
                        name="help_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["closed", "taken_back"]), _negated=True),
                            ("closed_at__gte", models.F("asked_at")),
                            _connector="OR",
                        ),
                        name="closed_help_says_when",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "taken"])),
                        fields=("learner", "topic"),
                        name="help_asked_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("activity", "Current activity"),
                            ("need", "Level of need"),
                            ("destination", "Intended destination"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(max_length=3)),
                ("meaning", models.CharField(max_length=160)),
                (
                    "group",
                    models.CharField(
                        blank=True, help_text="Of current activities: education, training and so on.", max_length=20
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True, help_text="Which published figure it counts in: EET, NEET ...", max_length=20
                    ),
                ),
                (
                    "lapse",
                    models.CharField(
                        choices=[
                            ("august", "31 August, or the end of the course if sooner"),
                            ("year", "12 months after it was confirmed"),
                            ("half_year", "6 months after it was confirmed"),
                            ("course_end", "The end of the course"),
                            ("review", "28 days after the review date"),
                            ("never", "Never"),
                        ],
                        default="never",
                        max_length=12,
                    ),
                ),
                ("needs_course_end", models.BooleanField(default=False, help_text="Rule 259.")),
                ("needs_review", models.BooleanField(default=False, help_text="Rule 262.")),
                (
                    "is_verified",
                    models.BooleanField(default=True, help_text="The words are known, not guessed from the code."),
                ),
            ],
            options={
                "ordering": ["kind", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "code"), name="one_record_code"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["activity", "need", "destination"])),
                        name="record_code_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lapse__in", ["august", "year", "half_year", "course_end", "review", "never"])
                        ),
                        name="record_code_lapse_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrentActivity",
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
                        related_name="current_activities",
                        to="accounts.learner",
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ilp.recordcode"
                    ),
                ),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, help_text="First day of what came after.", null=True)),
                ("ascertained_on", models.DateField(help_text="When it was first found out.")),
                ("verified_on", models.DateField(help_text="When it was last confirmed.")),
                ("review_on", models.DateField(blank=True, help_text="When it has to be looked at again.", null=True)),
                ("course_ends_on", models.DateField(blank=True, null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "establishment",
                    models.CharField(blank=True, help_text="Where, if it is not in the directory.", max_length=160),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("learner", "The young person"),
                            ("family", "Their family"),
                            ("provider", "Their college, training provider or employer"),
                            ("school", "Their school"),
                            ("other", "Somebody else, or another system"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("replaced_at", models.DateTimeField(help_text="When another row said it better.", null=True)),
            ],
            options={
                "verbose_name_plural": "current activities",
                "ordering": ["-started_on", "-pk"],
                "indexes": [models.Index(fields=["learner", "-started_on"], name="ilp_current_learner_8ed489_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None), ("replaced_at", None)),
                        fields=("learner",),
                        name="one_open_current_activity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ascertained_on__gte", models.F("started_on")),
                            ("verified_on__gte", models.F("ascertained_on")),
                            models.Q(("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"),
                        ),
                        name="current_activity_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["learner", "family", "provider", "school", "other"])),
                        name="record_source_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordFact",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="record_facts", to="accounts.learner"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("activity", "Current activity"),
                            ("need", "Level of need"),
                            ("destination", "Intended destination"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ilp.recordcode"
                    ),
                ),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, help_text="First day of the next one.", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("replaced_at", models.DateTimeField(help_text="When another row said it better.", null=True)),
            ],
            options={
                "ordering": ["-started_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None), ("replaced_at", None)),
                        fields=("learner", "kind"),
                        name="one_open_record_fact",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="record_fact_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["need", "destination"])), name="record_fact_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="accounts.learner"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("termly", "Termly review"),
                            ("annual", "Annual review"),
                            ("careers", "Careers talk"),
                            ("transition", "Transition review"),
                            ("other", "Another review"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("finished", "Finished"), ("called_off", "Called off")],
                        default="planned",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("on", models.DateField(help_text="The day of the talk, first as planned, then as it was.")),
                (
                    "at_time",
                    models.TimeField(blank=True, help_text="London time. Empty: any time that day.", null=True),
                ),
                ("place", models.CharField(blank=True, max_length=120)),
                (
                    "who_else",
                    models.CharField(
                        blank=True, help_text="Who was there beside the learner and the lead.", max_length=200
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        help_text="Who leads it, in which role.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("planned_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "finished_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, help_text="Why it was called off.", max_length=200)),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "indexes": [
                    models.Index(fields=["learner", "state", "-on"], name="ilp_review_learner_8244af_idx"),
                    models.Index(fields=["state", "on"], name="ilp_review_state_bfe3f3_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["termly", "annual", "careers", "transition", "other"])),
                        name="learner_review_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "finished", "called_off"])),
                        name="learner_review_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "finished"), _negated=True),
                            models.Q(("finished_at__isnull", False), ("finished_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="finished_review_says_who",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "planned")),
                        fields=("learner", "kind", "on"),
                        name="one_review_planned_for_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="words", to="ilp.review"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("said", "What they say"),
                            ("added", "Added later"),
                            ("agreed", "Agrees"),
                            ("different", "Sees it differently"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="How often it was saved; what a device has seen."
                    ),
                ),
                ("is_from_learner", models.BooleanField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        help_text="Empty: the learner.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "verbose_name_plural": "review words",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["said", "added", "agreed", "different"])),
                        name="review_words_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["said", "added"]), ("is_from_learner", True), _connector="OR"),
                        name="only_a_learner_answers_a_review",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_from_learner", True), ("role__isnull", False), _connector="OR"),
                        name="review_words_signed_in_a_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_from_learner", True), ("kind", "said")),
                        fields=("review",),
                        name="a_learner_says_it_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_from_learner", False), ("kind", "said")),
                        fields=("review", "by"),
                        name="an_adult_says_it_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="ilp.review"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("is_from_learner", models.BooleanField()),
                (
                    "seen",
                    models.PositiveSmallIntegerField(default=0, help_text="Which saving was being changed; 0: none."),
                ),
                ("text", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["-saved_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Target",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="accounts.learner"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        help_text="Where it was set.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="ilp.review",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("met", "Met"), ("not_met", "Not met"), ("dropped", "Dropped")],
                        default="open",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("how_known", models.CharField(help_text="How people will know that it is met.", max_length=300)),
                ("helped_by", models.CharField(blank=True, help_text="Who helps, in words.", max_length=200)),
                ("due_on", models.DateField(help_text="The last day on which it is in time; as moved.")),
                ("is_from_learner", models.BooleanField(help_text="Who wrote it down.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["due_on", "pk"],
                "indexes": [models.Index(fields=["learner", "state", "due_on"], name="ilp_target_learner_866ad7_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "met", "not_met", "dropped"])),
                        name="target_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TargetChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="ilp.target"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("move", "Moved to another day"),
                            ("meet", "Met"),
                            ("miss", "Not met"),
                            ("drop", "Dropped"),
                            ("reopen", "Opened again"),
                            ("carry", "Carried into a review"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        help_text="Into which it was carried.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried",
                        to="ilp.review",
                    ),
                ),
                ("from_on", models.DateField(help_text="Of a moved target: when it was due before.", null=True)),
                ("to_on", models.DateField(help_text="Of a moved target: when it is due since.", null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["move", "meet", "miss", "drop", "reopen", "carry"])),
                        name="target_change_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "carry"), ("review__isnull", False)),
                            models.Q(models.Q(("kind", "carry"), _negated=True), ("review", None)),
                            _connector="OR",
                        ),
                        name="carried_target_says_where",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "carry")),
                        fields=("target", "review"),
                        name="carried_once_into_a_review",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreedAction",
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
                        related_name="agreed_actions",
                        to="accounts.learner",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreed_actions", to="ilp.review"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To do"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                (
                    "owner_role",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose it is. Empty: the learner’s.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_actions",
                        to="providers.staffrole",
                    ),
                ),
                ("due_on", models.DateField(help_text="The last day on which it is in time.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "note",
                    models.CharField(blank=True, help_text="What came of it, or why it was dropped.", max_length=300),
                ),
            ],
            options={
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(fields=["learner", "state", "due_on"], name="ilp_agreeda_learner_6f1d77_idx"),
                    models.Index(fields=["owner_role", "state", "due_on"], name="ilp_agreeda_owner_r_276d2e_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "done", "dropped"])), name="agreed_action_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="closed_action_says_who",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversationRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversation_rules",
                        to="providers.area",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(default=datetime.time(20, 0), help_text="In the evening, London time."),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=datetime.time(7, 0), help_text="In the morning, London time."),
                ),
                ("are_weekends_quiet", models.BooleanField(default=True)),
                (
                    "danger_words",
                    models.TextField(
                        default="If you or somebody else is in danger now, ring 999. If you need to talk to somebody now, ring Childline on 0800 1111. It is free, day and night.",
                        help_text="Whom a learner rings who cannot wait.",
                    ),
                ),
                (
                    "school_welcome",
                    models.TextField(
                        default="Hello, and well done for unlocking your record. If you have a question about what to do next, write to us here. The staff who look after you will answer.",
                        help_text="A school's first message to a learner.",
                    ),
                ),
                (
                    "service_welcome",
                    models.TextField(
                        default="Hello from your careers advice service. We help you find out what you could do next, and get there. What would you like to know? Write to us here, whenever you like.",
                        help_text="The advice service's first message.",
                    ),
                ),
                ("changed_at", models.DateTimeField(default=core.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConcernPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "words",
                    models.CharField(help_text="A star at the end stands for any ending: suicid*", max_length=60),
                ),
                ("plain", models.CharField(help_text="The same as it is compared.", max_length=80, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_starting", models.BooleanField(default=False, help_text="Of the list that came with the portal.")),
                (
                    "added_by",
                    models.ForeignKey(
                        help_text="Empty: the portal.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("added_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "changed_at",
                    models.DateTimeField(
                        default=core.clock.now, help_text="Switched on or off. Tells copies that are kept."
                    ),
                ),
            ],
            options={
                "ordering": ["plain"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("plain", ""), _negated=True), name="concern_phrase_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafeguardingContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safeguarding_contacts",
                        to="providers.organisation",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.staffrole"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("started_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("organisation",),
                        name="one_safeguarding_contact",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="ilp.message"
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.learner"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        help_text="Whose people are called. Empty without a message: nobody's but the help desk of the area.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("help", "Asked for help"),
                            ("review", "In a review"),
                            ("plan", "In the plan"),
                            ("document", "In a statement or CV"),
                            ("booking", "With a booking"),
                            ("beside", "Beside the plan, by somebody the learner asked"),
                            ("form", "In an application"),
                            ("elsewhere", "Told of an offer made elsewhere"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "thing",
                    models.CharField(
                        blank=True, help_text="What it stands in: the name of a table and a key.", max_length=40
                    ),
                ),
                (
                    "section",
                    models.CharField(blank=True, help_text="What of the learner is read with it.", max_length=20),
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
                ("said", models.TextField(blank=True, help_text="The words as they were written.")),
                (
                    "kind",
                    models.CharField(
                        choices=[("concern", "Words that worry"), ("report", "The learner says something is wrong")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Nobody has taken it on"),
                            ("taken", "Somebody is dealing with it"),
                            ("closed", "Dealt with"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                (
                    "phrase",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ilp.concernphrase"
                    ),
                ),
                ("words", models.TextField(blank=True, help_text="What the learner said is wrong.")),
                ("raised_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("done", models.TextField(blank=True, help_text="What was done, in the words of who closed it.")),
            ],
            options={
                "ordering": ["-raised_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "-raised_at"], name="ilp_message_state_10239f_idx"),
                    models.Index(fields=["thing"], name="ilp_message_thing_b97423_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "kind"), name="one_flag_of_a_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("learner", None),
                                ("message__isnull", False),
                                ("place", ""),
                                ("service", None),
                                ("thing", ""),
                            ),
                            models.Q(
                                ("learner__isnull", False),
                                ("message", None),
                                (
                                    "place__in",
                                    ["help", "review", "plan", "document", "booking", "beside", "form", "elsewhere"],
                                ),
                                models.Q(("thing", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="flag_is_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["concern", "report"])), name="flag_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "taken", "closed"])), name="flag_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(("closed_at__gte", models.F("raised_at")), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="closed_flag_says_who",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Template",
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
                        choices=[
                            ("section", "Questions for every plan"),
                            ("transition", "Transition plan"),
                            ("assessment", "Learning-difficulty assessment"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        help_text="Empty: it comes with the portal.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_templates",
                        to="providers.area",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        help_text="Empty: it is the area's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_templates",
                        to="providers.organisation",
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["section", "transition", "assessment"])),
                        name="template_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("school", None), ("area__isnull", False), _connector="OR"),
                        name="template_of_school_in_area",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "area", "school"), name="one_template_of_a_kind", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="ilp.template"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="From 1.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "In use"),
                            ("replaced", "Replaced"),
                            ("dropped", "Thrown away"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Who began it. Empty: it came with the portal.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["template", "-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published", "replaced", "dropped"])),
                        name="version_state_known",
                    ),
                    models.UniqueConstraint(fields=("template", "number"), name="one_version_of_a_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("template",), name="one_draft_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")), fields=("template",), name="one_published_version"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="ilp.templateversion"
                    ),
                ),
                (
                    "key",
                    models.SlugField(
                        default=core.references.new_reference,
                        help_text="The same in every version and copy.",
                        max_length=12,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="Its place, from 1.")),
                ("title", models.CharField(max_length=80)),
                ("help_text", models.CharField(blank=True, max_length=500)),
                (
                    "icon",
                    models.CharField(
                        choices=[
                            ("star", "A star"),
                            ("person", "A person"),
                            ("check", "A tick"),
                            ("warning", "A warning sign"),
                            ("calendar", "A calendar"),
                            ("clock", "A clock"),
                            ("place", "A place"),
                            ("letter", "A letter"),
                            ("arrow", "An arrow"),
                        ],
                        default="star",
                        max_length=10,
                    ),
                ),
                (
                    "year_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="Empty: all.",
                        size=None,
                    ),
                ),
            ],
            options={
                "ordering": ["version", "number", "pk"],
                "constraints": [models.UniqueConstraint(fields=("version", "key"), name="section_once_in_version")],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="ilp.section"
                    ),
                ),
                (
                    "key",
                    models.SlugField(
                        default=core.references.new_reference,
                        help_text="The same in every version and copy.",
                        max_length=12,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="Its place, from 1.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("short", "A few words"),
                            ("long", "A longer text"),
                            ("one", "One of several answers"),
                            ("several", "Any of several answers"),
                            ("yes_no", "Yes or no"),
                            ("date", "A date"),
                            ("number", "A number"),
                            ("scale", "A scale from 1 to 5"),
                        ],
                        max_length=10,
                    ),
                ),
                ("asked", models.CharField(max_length=200)),
                ("help_text", models.CharField(blank=True, max_length=300)),
                (
                    "options",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                ("is_required", models.BooleanField(default=False)),
                (
                    "year_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="Empty: all.",
                        size=None,
                    ),
                ),
            ],
            options={
                "ordering": ["section", "number", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["short", "long", "one", "several", "yes_no", "date", "number", "scale"])
                        ),
                        name="question_kind_known",
                    ),
                    models.UniqueConstraint(fields=("section", "key"), name="question_once_in_section"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SectionAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="asks", to="ilp.plan"),
                ),
                (
                    "supporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asks", to="accounts.supporter"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("section", "Questions for every plan"),
                            ("transition", "Transition plan"),
                            ("assessment", "Learning-difficulty assessment"),
                        ],
                        max_length=12,
                    ),
                ),
                ("section_key", models.SlugField(max_length=12)),
                ("title", models.CharField(help_text="What the section was called.", max_length=80)),
                ("asked_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["section", "transition", "assessment"])), name="ask_kind_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("plan", "supporter", "section_key"),
                        name="one_open_ask",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "ask",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contributions", to="ilp.sectionask"
                    ),
                ),
                ("as_whom", models.CharField(help_text="In which role, in the writer's words.", max_length=80)),
                ("words", models.TextField()),
                (
                    "once",
                    models.CharField(help_text="The form it came from: sent twice, it is kept once.", max_length=12),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [models.UniqueConstraint(fields=("ask", "once"), name="one_contribution_of_a_form")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="ilp.plan"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("about", "About me"),
                            ("interest", "What I am interested in"),
                            ("skill", "What I am good at"),
                            ("ambition", "What I want to do"),
                            ("achievement", "What I have achieved"),
                            ("experience", "What I have tried"),
                            ("goal", "My goals"),
                            ("course", "Courses I am interested in"),
                            ("section", "What I am asked"),
                            ("transition", "My transition plan"),
                            ("assessment", "My learning-difficulty assessment"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaiting", "Waiting to be read"),
                            ("talk", "Let’s talk"),
                            ("validated", "Validated"),
                            ("taken_out", "Taken out"),
                        ],
                        default="awaiting",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_entries",
                        to="prospectus.course",
                    ),
                ),
                (
                    "section_key",
                    models.SlugField(
                        blank=True, default="", help_text="Of a section that was answered: which.", max_length=12
                    ),
                ),
                (
                    "made_from",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The form it was written in, so that sending it twice adds one.",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("asked_at", models.DateTimeField(default=core.clock.now, help_text="Since when it waits to be read.")),
            ],
            options={
                "verbose_name_plural": "entries",
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(fields=["state", "asked_at"], name="ilp_entry_state_0da1ab_idx"),
                    models.Index(fields=["plan", "kind"], name="ilp_entry_plan_id_5eade1_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "about",
                                    "interest",
                                    "skill",
                                    "ambition",
                                    "achievement",
                                    "experience",
                                    "goal",
                                    "course",
                                    "section",
                                    "transition",
                                    "assessment",
                                ],
                            )
                        ),
                        name="entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["awaiting", "talk", "validated", "taken_out"])),
                        name="entry_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("course__isnull", False), ("kind", "course")),
                            models.Q(("kind", "course"), _negated=True),
                            _connector="OR",
                        ),
                        name="entry_course_if_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["section", "transition", "assessment"]), ("section_key__gt", "")),
                            models.Q(
                                models.Q(("kind__in", ["section", "transition", "assessment"]), _negated=True),
                                ("section_key", ""),
                            ),
                            _connector="OR",
                        ),
                        name="entry_section_if_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("section_key", ""), _negated=True),
                            models.Q(("state", "taken_out"), _negated=True),
                        ),
                        fields=("plan", "section_key"),
                        name="section_once_in_plan",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("made_from", ""), _negated=True),
                        fields=("made_from",),
                        name="one_entry_of_a_form",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "about"), models.Q(("state", "taken_out"), _negated=True)),
                        fields=("plan",),
                        name="one_about_me",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "course"), models.Q(("state", "taken_out"), _negated=True)),
                        fields=("plan", "course"),
                        name="course_once_in_plan",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="ilp.entry"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="From 1.")),
                ("title", models.CharField(blank=True, max_length=120)),
                ("words", models.TextField(blank=True)),
                ("place", models.CharField(blank=True, max_length=120)),
                ("from_on", models.DateField(blank=True, help_text="When it was, or began.", null=True)),
                (
                    "until_on",
                    models.DateField(
                        blank=True, help_text="When it ended; of a goal, when it is to be reached.", null=True
                    ),
                ),
                ("is_reached", models.BooleanField(default=False, help_text="Of a goal.")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["entry", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "number"), name="one_revision_of_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_on", None),
                            ("until_on", None),
                            ("until_on__gte", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="revision_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="ilp.revision"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("validated", "Validated"),
                            ("talk", "Let’s talk"),
                            ("reply", "Answer"),
                            ("taken_back", "Validation taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        help_text="In which role. Empty: the learner, or somebody they let in.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.staffrole",
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["validated", "talk", "reply", "taken_back"])),
                        name="remark_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="ilp.plan"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("about", "About me"),
                            ("interest", "What I am interested in"),
                            ("skill", "What I am good at"),
                            ("ambition", "What I want to do"),
                            ("achievement", "What I have achieved"),
                            ("experience", "What I have tried"),
                            ("goal", "My goals"),
                            ("course", "Courses I am interested in"),
                            ("section", "What I am asked"),
                            ("transition", "My transition plan"),
                            ("assessment", "My learning-difficulty assessment"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="ilp.entry"
                    ),
                ),
                (
                    "seen",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The revision that was being changed; 0: none."
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["-saved_at", "-pk"],
                "indexes": [models.Index(fields=["plan", "-saved_at"], name="ilp_draft_plan_id_f9159c_idx")],
            },
        ),
        migrations.CreateModel(
            name="DocumentPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="ilp.document"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="in_documents", to="ilp.entry"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ilp.revision"),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 1.")),
            ],
            options={
                "ordering": ["document", "position"],
                "constraints": [models.UniqueConstraint(fields=("document", "entry"), name="entry_once_in_document")],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                (
                    "experience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="ilp.experience"
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="accounts.learner"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "On the waiting list"),
                            ("booked", "Booked"),
                            ("given_back", "Given back"),
                            ("refused", "Your school said no"),
                            ("called_off", "It was cancelled"),
                            ("came", "You were there"),
                            ("missed", "You were not there"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        default=core.clock.now, editable=False, help_text="Its turn on the waiting list."
                    ),
                ),
                (
                    "access_needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("step_free", "A way in without steps"),
                                ("quiet", "A quiet place to go to"),
                                ("signing", "A sign language interpreter"),
                                ("large_print", "Things to read in large print"),
                                ("helper", "Somebody comes with me to help"),
                            ],
                            max_length=12,
                        ),
                        default=list,
                        help_text="What the learner ticked.",
                        size=None,
                    ),
                ),
                ("needs_words", models.CharField(blank=True, max_length=200)),
                ("agreed_at", models.DateTimeField(help_text="When the school said yes.", null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("marked_at", models.DateTimeField(help_text="When it was said whether they came.", null=True)),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        help_text="What the learner wrote about it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="booking",
                        to="ilp.entry",
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "pk"],
                "indexes": [
                    models.Index(fields=["learner", "state"], name="ilp_booking_learner_ee7927_idx"),
                    models.Index(fields=["experience", "state"], name="ilp_booking_experie_dfba28_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["waiting", "booked", "given_back", "refused", "called_off", "came", "missed"],
                            )
                        ),
                        name="booking_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("access_needs__contained_by", ["step_free", "quiet", "signing", "large_print", "helper"])
                        ),
                        name="booking_needs_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["booked", "waiting"])),
                        fields=("experience", "learner"),
                        name="one_open_booking",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="ilp.review",
                    ),
                ),
                (
                    "agreed_action",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="ilp.agreedaction",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="ilp.booking",
                    ),
                ),
                ("is_late", models.BooleanField(default=False, help_text="It was due before.")),
                ("for_on", models.DateField(help_text="The day of the review or the booking, or the day it is due.")),
                ("sent_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["sent_at"], name="ilp_reviewr_sent_at_594844_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_action", None), ("review", None)),
                            models.Q(("booking", None), ("review", None)),
                            models.Q(("agreed_action", None), ("booking", None)),
                            _connector="OR",
                        ),
                        name="reminder_is_not_of_two_things",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("review__isnull", False)),
                        fields=("user", "review", "is_late", "for_on"),
                        name="reminded_once_of_a_review",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agreed_action__isnull", False)),
                        fields=("user", "agreed_action", "is_late", "for_on"),
                        name="reminded_once_of_an_action",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("booking__isnull", False)),
                        fields=("user", "booking", "for_on"),
                        name="reminded_once_of_a_booking",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="ilp.revision"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        help_text="As it was asked then.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="ilp.question",
                    ),
                ),
                ("key", models.SlugField(help_text="That of the question.", max_length=12)),
                ("value", models.JSONField(help_text="As its kind of question has it. Empty: taken away.", null=True)),
                (
                    "text",
                    models.TextField(
                        blank=True, help_text="The same in words, readable whatever becomes of the question."
                    ),
                ),
            ],
            options={
                "ordering": ["revision", "pk"],
                "indexes": [models.Index(fields=["key"], name="ilp_answer_key_3ac298_idx")],
                "constraints": [models.UniqueConstraint(fields=("revision", "key"), name="one_answer_in_revision")],
            },
        ),
        migrations.AddField(
            model_name="entry",
            name="revision",
            field=models.ForeignKey(
                help_text="The newest.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ilp.revision",
            ),
        ),
    ]
