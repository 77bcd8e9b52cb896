"""What a catalogue was before an upload is merged into it is kept, so that the upload can be undone."""

from typing import Any

from django.db import connection

from prospectus.queries.undo import TABLES, now_of, rows_of
from providers.models import Organisation, Upload


class CatalogueMemory:
    """How everything of a provider was when the memory began. Costs a copy; what nobody changes is not looked at."""

    def __init__(self, provider: Organisation) -> None:
        self.values: dict[str, Any] = {"provider": provider.pk}
        for thing in TABLES:
            self._execute(f"DROP TABLE IF EXISTS former_{thing}")
            self._execute(f"CREATE TEMP TABLE former_{thing} ON COMMIT DROP AS {rows_of(thing)}")
            self._execute(f"ANALYZE former_{thing}")

    def keep(self, upload: Upload, *, says_right: bool = True) -> None:
        """What has been written since stays known as what this upload did; earlier uploads cannot be undone any more.

        ``says_right``: the courses in ``staged_course`` are about to be said to be right.
        """
        self.values["upload"] = upload.pk
        # Statistics are old right after a large load, and a nested loop chosen by them would take quadratic time.
        self._execute("SET LOCAL enable_nestloop = off")
        self._keep_what_changed()
        if says_right:
            self._keep_days()
        self._execute("SET LOCAL enable_nestloop = on")

    def _keep_what_changed(self) -> None:
        self._execute(
            """DELETE FROM prospectus_catalogueimage image USING providers_upload u
            WHERE u.id = image.upload_id AND u.organisation_id = %(provider)s"""
        )
        for thing in TABLES:
            self._execute(
                f"""INSERT INTO prospectus_catalogueimage (upload_id, thing, thing_key, before, version)
                SELECT %(upload)s, '{thing}', t.id, to_jsonb(former) - 'place', t.version
                FROM ({now_of(thing)}) t LEFT JOIN former_{thing} former ON former.id = t.id
                WHERE former.place IS DISTINCT FROM t.place"""
            )

    def _keep_days(self) -> None:
        self._execute(
            """INSERT INTO prospectus_catalogueimage (upload_id, thing, thing_key, before, version)
            SELECT %(upload)s, 'checked', row_number() OVER (),
                jsonb_build_object('checked_on', former.checked_on, 'courses', jsonb_agg(former.id)), ''
            FROM staged_course s
            JOIN prospectus_course c ON c.provider_id = %(provider)s AND c.provider_reference = s.provider_reference
            JOIN former_course former ON former.id = c.id AND former.place = c.ctid
            GROUP BY former.checked_on"""
        )

    def _execute(self, sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)
