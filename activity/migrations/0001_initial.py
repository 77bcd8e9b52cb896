import core.clock
import core.references
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=60)),
                ("subject", models.CharField(help_text="app.model:key", max_length=80)),
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
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["subject", "at"], name="activity_ev_subject_031d93_idx"),
                    models.Index(fields=["verb", "at"], name="activity_ev_verb_2985cb_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="Names the occasion, so that it is told once.", max_length=160, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("payload", models.JSONField(default=dict, help_text="Keys of rows only, nothing personal.")),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("next_try_at", models.DateTimeField(default=core.clock.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "last_error",
                    models.CharField(blank=True, help_text="Kind of error, nothing personal.", max_length=200),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="The press that caused many at once.",
                        max_length=60,
                    ),
                ),
                (
                    "held_at",
                    models.DateTimeField(
                        help_text="It waits until somebody says a second time that it may go.", null=True
                    ),
                ),
                ("cancelled_at", models.DateTimeField(help_text="Somebody has said that it is not to go.", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at", None), ("sent_at", None)),
                        fields=["next_try_at"],
                        name="outbox_waiting",
                    ),
                    models.Index(condition=models.Q(("held_at__isnull", False)), fields=["batch"], name="outbox_held"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.references.ReferenceField(
                        default=core.references.new_reference, editable=False, max_length=12, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                (
                    "key",
                    models.CharField(
                        help_text="Names the occasion, so that it is done once.", max_length=160, unique=True
                    ),
                ),
                ("payload", models.JSONField(default=dict)),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting to start"),
                            ("running", "Running"),
                            ("done", "Finished"),
                            ("failed", "Stopped by a problem"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "lease_until",
                    models.DateTimeField(help_text="Nobody else may take it before (the database's clock).", null=True),
                ),
                (
                    "worker",
                    models.CharField(blank=True, help_text="The claim that holds it, or held it last.", max_length=60),
                ),
                ("done_steps", models.PositiveIntegerField(default=0)),
                ("all_steps", models.PositiveIntegerField(null=True)),
                (
                    "doing",
                    models.CharField(blank=True, help_text="What it is doing, in words for people.", max_length=120),
                ),
                ("error", models.CharField(blank=True, help_text="A sentence for people.", max_length=300)),
                ("queued_at", models.DateTimeField(default=core.clock.now)),
                (
                    "woken_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="When a worker was last told (the database's clock).",
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["state", "lease_until"],
                        name="job_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed"])),
                        name="job_state_known",
                    )
                ],
            },
        ),
    ]
