from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm
from core.layout import Question


class WindowForm(PortalForm):
    """From which day until which learners unlock."""

    submit = _("Set these days")
    layout = (Question("opens_on", legend_size="s"), Question("closes_on", legend_size="s"))

    opens_on = DateField(
        label=_("First day"),
        what=_("first day"),
        help_text=_("For example, 16 11 2026"),
        error_messages={"required": _("Enter the first day")},
    )
    closes_on = DateField(
        label=_("Last day"),
        what=_("last day"),
        help_text=_("Codes work until the end of this day"),
        error_messages={"required": _("Enter the last day")},
    )
