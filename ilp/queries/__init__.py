from ilp.queries.plans import (
    Part,
    Turn,
    attach_remarks,
    conversation,
    counted,
    groups_of,
    learners_with_plans,
    parts_of,
    waiting_for,
    with_last_remark,
)

__all__ = [
    "Part",
    "Turn",
    "attach_remarks",
    "conversation",
    "counted",
    "groups_of",
    "learners_with_plans",
    "parts_of",
    "waiting_for",
    "with_last_remark",
]
