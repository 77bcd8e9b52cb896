import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import models

from providers.models import LocalAuthority, Outcode

DATA = Path(__file__).resolve().parent.parent / "data"


def load_local_authorities() -> int:
    """Every English local authority is known, current and closed. Returns how many; running again changes nothing."""
    return _load(
        LocalAuthority,
        [
            LocalAuthority(
                code=row["dfe_code"],
                name=row["name"],
                ons_code=row["ons_code"],
                region=row["region"],
                is_current=row["status"] == "current",
                note=row["note"],
            )
            for row in _rows("local_authorities.csv")
        ],
    )


def load_outcodes() -> int:
    """The middle of every outcode of the United Kingdom is known. Returns how many; running again changes nothing."""
    return _load(
        Outcode,
        [
            Outcode(
                code=row["outcode"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                country=row["country"],
            )
            for row in _rows("outcodes.csv")
        ],
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _load(model: type[models.Model], things: list[models.Model]) -> int:
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        things, update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=fields, batch_size=1000
    )
    return len(things)
