import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


# A new table with its columns in the order in which they are read: a row is read from its start, and everything that
# counting and ranking need stood behind its words. The rows come back in the next migration.
KEEP = "CREATE TABLE prospectus_coursesearch_kept AS SELECT * FROM prospectus_coursesearch"


class Migration(migrations.Migration):
    dependencies = [
        ("prospectus", "0025_words_looked_up"),
    ]

    operations = [
        migrations.RunSQL(KEEP, "DROP TABLE IF EXISTS prospectus_coursesearch_kept"),
        migrations.DeleteModel(
            name="CourseSearch",
        ),
        migrations.CreateModel(
            name="CourseSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="prospectus.course"
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.area",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.organisation"
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
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prospectus.courserun",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="providers.site"
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
    ]
