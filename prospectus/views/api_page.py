"""The read API explained to people."""

from typing import Any

from django.conf import settings
from django.views.generic import TemplateView

from prospectus.views.api import api
from prospectus.views.api_shapes import MOST_ITEMS
from prospectus.views.public import PublicMixin


class ApiView(PublicMixin, TemplateView):
    """How to use the API, written out of its own description: nothing from elsewhere is loaded to show it."""

    template_name = "prospectus/api.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        schema = api.get_openapi_schema()
        shapes = schema["components"]["schemas"]
        operations = [
            {
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", ""),
                "asked": f"What can be asked of {path}",
                "parameters": [
                    {"name": one["name"], "holds": _holds(one["schema"]), "meaning": one.get("description", "")}
                    for one in operation.get("parameters", [])
                ],
            }
            for path, methods in schema["paths"].items()
            for operation in methods.values()
        ]
        return super().get_context_data(
            operations=operations,
            shapes=[
                {
                    "name": name,
                    "caption": f"Fields of {name}",
                    "fields": [
                        {"name": one, "holds": _holds(field), "meaning": field.get("description", "")}
                        for one, field in shape.get("properties", {}).items()
                    ],
                }
                for name, shape in sorted(shapes.items())
                if not name.endswith("Question")
            ],
            calls=settings.API_CALLS_A_MINUTE,
            most=MOST_ITEMS,
            **kwargs,
        )


def _holds(field: dict[str, Any]) -> str:
    """What stands in a field, in words."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " or ".join(_holds(one) for one in field["anyOf"])
    if "enum" in field:
        return "one of " + ", ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"list of {_holds(field['items'])}"
    return str(field.get("format") or field.get("type", "anything")).replace("null", "nothing")
