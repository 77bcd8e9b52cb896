"""A row of every table that says something of a learner, whichever floor it is on: nobody has to remember a new one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import LearnerDoubt
from core import clock, personal

# What a row of these needs beside whatever its columns take.
SPECIAL = {
    "accounts.RollEntry": {"year_group": 11},
    "accounts.Erasure": {"state": "withdrawn"},
    "accounts.Registration": {"attends": "home"},
    "accounts.Attendance": {"possible": 10, "attended": 9},
    "ilp.MessageAttachment": {"file": ""},
    "applications.StagedDecision": {"verb": "offer"},
    "ilp.RecordFact": {"kind": "need"},
    "ilp.ReviewWords": {"is_from_learner": True},
    "applications.Choice": {"left_how": ""},
}


def row_of(model, **said):
    """A row with these values; every other column that has to say something says the first thing it can."""
    values = SPECIAL.get(model._meta.label, {}) | said
    for field in model._meta.concrete_fields:
        is_free = field.null or field.has_default() or field.has_db_default() or field.generated
        if field.name in values or is_free or isinstance(field, models.AutoField):
            continue
        values[field.name] = _first(field)
    return model._default_manager.create(**values)


def _first(field):
    if field.is_relation:
        return field.related_model._default_manager.first() or row_of(field.related_model)
    if field.choices:
        return field.choices[0][0]
    kinds = {
        models.DateTimeField: clock.now(),
        models.DateField: clock.today(),
        models.BooleanField: False,
        models.IntegerField: 1 + (field.unique and field.model._default_manager.count()),
        models.JSONField: {},
        ArrayField: [],
        models.CharField: f"{field.model.__name__}{field.model._default_manager.count()}"[: field.max_length or 40],
        models.TextField: "Words.",
    }
    return next(value for kind, value in kinds.items() if isinstance(field, kind))


def fill(learner, *, besides=(), is_deep=True):
    """A row in every table there is, of this learner, of their account, and of what belongs to those."""
    for model, table in personal.TABLES.items():
        step, _, rest = table.paths[0].partition("__")
        if (
            model is LearnerDoubt
            or model in besides
            or not any(one.name == step for one in model._meta.concrete_fields)
        ):
            continue
        if step in {"learner", "user"}:
            row_of(model, **{step: learner if step == "learner" else learner.user})
        elif is_deep and rest:
            whole = model._meta.get_field(step).related_model
            row_of(model, **{step: personal.TABLES[whole].rows(learner).last()})
