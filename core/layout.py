"""Crispy layout objects that know the design system's options."""

from typing import Any

from crispy_forms.layout import Field, Fieldset, Layout

__all__ = ["Fieldset", "Layout", "Question"]

OPTIONS = frozenset(
    (
        "legend_size",
        "label_size",
        "page_heading",
        "label_hidden",
        "max_characters",
        "max_words",
        "prefix",
        "suffix",
        "plain",
    )
)


class Question(Field):
    """A field with options of the design system, for example ``Question("statement", max_characters=4000)``.

    Crispy's own ``Field`` would write them into the input as HTML attributes.
    """

    def __init__(self, name: str, **options: Any) -> None:
        if unknown := set(options) - OPTIONS:
            raise TypeError(f"Question({name!r}) does not know {', '.join(sorted(unknown))}")
        self.options = options
        super().__init__(name)

    def render(self, form: Any, context: Any, extra_context: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        extra = {**(extra_context or {}), "field_options": self.options}
        return super().render(form, context, extra_context=extra, **kwargs)
