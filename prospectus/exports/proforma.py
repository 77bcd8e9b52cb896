"""The data-entry sheet as a workbook for one provider: what it has on offer, and lists to choose from.

Its columns are the headings that the reader knows; handed over untouched, it changes nothing.
"""

import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from core.sheets import harmless
from prospectus.exports.examples import EXAMPLES
from prospectus.headings import CHOICE, COURSE, DATE, MONEY, NUMBER, OURS, RUN, SITE, TEXT, YES_NO, Heading
from prospectus.models import Course, CourseRun, CourseState
from prospectus.part_words import as_lines
from prospectus.queries.choices import choices, consortium_names, site_name, sites_by_name
from prospectus.queries.readiness import are_above
from prospectus.queries.teaching import in_words, with_held_parts
from prospectus.texts import as_written
from providers.models import Organisation, Site

MOST_ROWS = 20_000  # some four seconds and 100 MB
MOST_IN_A_CELL = 32_767  # characters, says Excel
ROWS_TO_FILL = 50_000  # rows that offer their lists
BATCH = 500
WIDTHS = {TEXT: 44, CHOICE: 26, DATE: 13, NUMBER: 9, MONEY: 10, YES_NO: 12}
USUAL_WIDTH = 24
FORMATS = {DATE: "dd/mm/yyyy", NUMBER: "0", MONEY: "0.00"}
COURSES, NOTES, LISTS = "Courses", "Notes", "Lists"
BETWEEN = {"levels": ", ", "subject_words": "; "}
YES = "Yes"
COMPOSED = ("other_texts", "parts")  # already as a cell holds them


def rows_on_offer(provider: Organisation) -> int:
    """About how many rows the sheet will have."""
    return CourseRun.objects.shown().filter(course__in=_courses(provider)).count()


def proforma_xlsx(*, provider: Organisation, is_empty: bool = False) -> bytes:
    """The workbook. With ``is_empty`` nothing is filled in."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        book.set_properties({"title": f"Courses of {provider.name}", "author": settings.PORTAL_NAME})
        Sheets(book, provider).write(() if is_empty else _rows(provider))
    return content.getvalue()


def _courses(provider: Organisation) -> Any:
    """What an upload of this sheet leaves as it is: all that is published, and what is kept unpublished for its level.

    Other drafts are not in it: naming them in an upload would publish them.
    """
    return Course.objects.filter(provider=provider, state__in=[CourseState.PUBLISHED, CourseState.DRAFT])


def _rows(provider: Organisation) -> Iterator[tuple[Course, CourseRun | None]]:
    """Each course with each of its runs, by title and start; one row for a course without a run."""
    shown = CourseRun.objects.shown().select_related("site").order_by("starts_on", "pk")
    courses = with_held_parts(_courses(provider)).select_related("consortium")
    courses = courses.prefetch_related(Prefetch("runs", shown, to_attr="shown"))
    highest = provider.area.highest_level
    for course in courses.order_by("title", "pk").iterator(chunk_size=BATCH):
        if course.state == CourseState.PUBLISHED or (course.upload_id and are_above(course.levels, highest=highest)):
            yield from ((course, run) for run in course.shown or [None])


class Sheets:
    """The sheets of one workbook while it is written."""

    def __init__(self, book: Workbook, provider: Organisation) -> None:
        self.book = book
        self.provider = provider
        self.words = choices()
        self.named_sites = sites_by_name(provider)
        self.lists = {name: list(table.values()) for name, table in self.words.items()}
        self.lists["sites"] = sorted(site.name for site in self.named_sites.values())
        self.lists["consortia"] = consortium_names(provider)
        self.lists["yes_no"] = [YES, "No"]
        self.too_long: list[tuple[int, str]] = []
        # In the order of the tabs.
        self.courses = book.add_worksheet(COURSES)
        self.notes = book.add_worksheet(NOTES)
        self.hidden = book.add_worksheet(LISTS)

    def write(self, rows: Any) -> None:
        self._set_up_lists()
        self._set_up_courses()
        for row, (course, run) in enumerate(rows, start=1):
            for at, heading in enumerate(OURS):
                self._write_cell(row, at, heading, self._value(heading, course, run))
        self._write_notes()

    # The sheet to fill in

    def _set_up_courses(self) -> None:
        sheet, book = self.courses, self.book
        plain = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "font_color": "#FFFFFF"}
        must, may = (book.add_format(plain | {"bg_color": colour}) for colour in ("#8A1538", "#2B1768"))
        self.formats = {
            kind: book.add_format({"num_format": shown, "align": "left"}) for kind, shown in FORMATS.items()
        }
        text = book.add_format({"num_format": "@", "valign": "top"})
        sheet.set_row(0, 48)
        sheet.freeze_panes(1, 2)
        for at, heading in enumerate(OURS):
            width = WIDTHS.get(heading.holds, USUAL_WIDTH)
            sheet.set_column(at, at, width, self.formats.get(heading.holds, text))
            sheet.write_string(0, at, heading.shown, must if heading.is_required else may)
            sheet.data_validation(1, at, ROWS_TO_FILL, at, self._validation(heading))
        sheet.autofilter(0, 0, 0, len(OURS) - 1)

    def _validation(self, heading: Heading) -> dict[str, Any]:
        """The hint beside the cell, and what may be in it. What others than the list may hold is only advised."""
        hint = f"{'Must be filled in. ' if heading.is_required else ''}{heading.hint}"
        rule: dict[str, Any] = {"input_title": heading.words[:32], "input_message": hint[:255], "ignore_blank": True}
        if source := self._range_of(heading):
            rule |= {"validate": "list", "source": source, "error_title": "Not in the list"}
            rule |= {"error_message": "Choose from the list, or leave the cell empty."}
            # Several levels, and a place that is new, are not in the list and are right all the same.
            rule["show_error"] = heading.holds in (CHOICE, YES_NO) and not heading.is_several
        elif heading.holds == DATE:
            rule |= {"validate": "date", "criteria": ">=", "value": dt.date(1990, 1, 1), "error_type": "warning"}
            rule |= {"error_title": "Not a date", "error_message": "Write the date like 7/9/2027."}
        elif heading.holds == NUMBER:
            rule |= {"validate": "integer", "criteria": ">=", "value": 0, "error_type": "warning"}
            rule |= {"error_title": "Not a number", "error_message": "Write a whole number, like 20."}
        elif heading.most:
            rule |= {"validate": "length", "criteria": "<=", "value": heading.most, "error_type": "warning"}
            rule |= {"error_title": "Too long", "error_message": f"At most {heading.most} characters are kept."}
        else:
            rule |= {"validate": "any"}
        return rule

    def _range_of(self, heading: Heading) -> str:
        """Where the list of this column stands, on a sheet of its own: lists inside a cell end at 255 characters."""
        name = {"course.consortium": "consortia"}.get(heading.key) or heading.choices
        name = name or ("yes_no" if heading.holds == YES_NO else "")
        words = self.lists.get(name)
        if not words:
            return ""
        column = xl_col_to_name(list(self.lists).index(name), col_abs=True)
        return f"={LISTS}!{column}$2:{column}${len(words) + 1}"

    def _write_cell(self, row: int, at: int, heading: Heading, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, dt.date):
            self.courses.write_datetime(row, at, dt.datetime.combine(value, dt.time()), self.formats[DATE])
        elif isinstance(value, int | Decimal):
            self.courses.write_number(row, at, value, self.formats[heading.holds])
        else:
            text = str(harmless(value))
            if len(text) > MOST_IN_A_CELL:
                self.too_long.append((row + 1, heading.words))
                text = text[:MOST_IN_A_CELL]
            self.courses.write_string(row, at, text)

    def _value(self, heading: Heading, course: Course, run: CourseRun | None) -> Any:
        """What stands in the cell: the words of the list for a code, pounds for pence, paragraphs for mark-up."""
        if heading.of == COURSE:
            return self._said(heading, _of_course(heading, course))
        if run is None:
            return None
        if heading.of == RUN:
            return self._said(heading, getattr(run, heading.name))
        return self._of_site(heading.name, run.site) if heading.of == SITE and run.site else None

    def _said(self, heading: Heading, value: Any) -> Any:
        if heading.is_several:
            table = self.words.get(heading.choices, {})
            return BETWEEN[heading.name].join(table.get(one, one) for one in value)
        if heading.holds == CHOICE:
            return self.words[heading.choices].get(value, "")
        if heading.holds == YES_NO:
            return YES if value else ""
        if heading.holds == MONEY:
            return None if value is None else Decimal(value) / 100
        return as_written(value) if heading.holds == TEXT and heading.name not in COMPOSED else value

    def _of_site(self, name: str, site: Site) -> str:
        """The name alone where that is enough: choosing another one from the list then moves the run, and renames
        no place."""
        if name == "name":
            return site.name
        known = self.named_sites.get(site_name(site.name))
        is_known = known is not None and known.pk == site.pk
        return "" if is_known else site.provider_reference if name == "reference" else getattr(site, name)

    # The other sheets

    def _set_up_lists(self) -> None:
        for at, (name, words) in enumerate(self.lists.items()):
            self.hidden.write_string(0, at, name)
            for row, one in enumerate(words, start=1):
                self.hidden.write_string(row, at, str(harmless(one)))
        self.hidden.hide()

    def _write_notes(self) -> None:
        sheet, book = self.notes, self.book
        title = book.add_format({"bold": True, "font_size": 16})
        bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
        wrapped = book.add_format({"valign": "top", "text_wrap": True})
        must = book.add_format({"bold": True, "valign": "top", "font_color": "#8A1538"})
        for column, width in enumerate((30, 16, 70, 44)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, f"How to fill in the courses of {self.provider.name}", title)
        lines = [*GUIDE, *(f"Row {row}, “{words}”: {CUT}" for row, words in self.too_long[:20])]
        for row, line in enumerate(lines, start=1):
            sheet.merge_range(row, 0, row, 3, line, wrapped)
            sheet.set_row(row, 15 if len(line) < 150 else 30)
        first = len(lines) + 2
        for column, words in enumerate(("Column", "Must it be there?", "What to write", "For example")):
            sheet.write_string(first, column, words, bold)
        for row, heading in enumerate(OURS, start=first + 1):
            sheet.write_string(row, 0, heading.words, bold)
            sheet.write_string(row, 1, "Yes" if heading.is_required else "No", must if heading.is_required else wrapped)
            sheet.write_string(row, 2, heading.hint, wrapped)
            sheet.write_string(row, 3, EXAMPLES[heading.key], wrapped)


GUIDE = (
    "One row for each start of a course: a course on two dates is two rows, with the same words about the course.",
    "Columns with * in a red heading must be filled in. All others may stay empty, and may be deleted.",
    "Many columns have a list: click on the arrow beside the cell. Delete a row to take that start out.",
    "Keep the course codes and date codes: a course is found again by them, and nothing is lost or doubled.",
    "What is on offer now is filled in. Drafts are not: publish or change them on the page Your courses.",
    "A site you have here needs its name only. Address, town and postcode are for a place that is new.",
    "Save the file as it is (.xlsx), then choose it on the page Upload. You see what it would change before it does.",
)
CUT = "this text is longer than a cell can hold, and was cut. Keep it on the page Your courses, and leave the row out."


def _of_course(heading: Heading, course: Course) -> Any:
    if heading.name == "consortium":
        return course.consortium.name if course.consortium else ""
    if heading.name == "parts":
        return as_lines(in_words(course.held_parts))  # type: ignore[attr-defined]
    if heading.name == "other_texts":
        # A text with ## in it stays mark-up, so that no line of it is taken for the next heading.
        parts = ((title, text if "##" in text else as_written(text)) for title, text in course.other_texts)
        return "\n\n".join(f"## {title}\n\n{text}" for title, text in parts)
    attribute = {"subject": "subject_id", "qualification_type": "qualification_type_id"}.get(heading.name, heading.name)
    return getattr(course, attribute)
