"""The picture of a report: what it is of, a sentence that says it, and the same drawing on a page and as a file."""

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.figures import LineChart, Sized, Venn, lines_of, spot_map, stacks_of, venn_of_parts
from core.typesetting import pixels_of
from reporting.queries.reports import Report, Row, Sort
from reporting.queries.reports.kinds import OTHERS, Bars, Lines, OverTime, Sets, Spots, Stacks, Tally
from reporting.queries.reports.supply import ALL

DRAWN = 15  # bars
SENTENCES = 4  # of which the words beside the picture speak
LARGE, SMALL = 19, 14
LETTERS = 46  # of a small line
GAP, KEY = 14.0, 24.0
Asked = Mapping[str, str]
FONTS = {"svg": "'Atkinson Hyperlegible Next', Arial, Helvetica, sans-serif", "png": "Libertinus Serif"}


class Named:
    """A drawing over the names of its circles or lines."""

    def __init__(self, drawing: Venn | LineChart, names: Sequence[str]) -> None:
        self.drawing, self.width = drawing, drawing.width
        self.key: list[tuple[int, list[tuple[str, float]]]] = []
        down = drawing.height + 8
        for position, name in enumerate(names, start=1):
            lines = textwrap.wrap(name, LETTERS - 8)
            self.key.append((position, [(line, round(down + KEY * at, 1)) for at, line in enumerate(lines)]))
            down += KEY * len(lines)
        self.height = round(down, 1)


class Picture(NamedTuple):
    """``kind`` names the template; ``bars`` are (text, number), and ``over_time`` lines, where a page
    has its own way to draw them."""

    kind: str
    caption: str
    words: str
    figure: Any
    bars: Sequence[tuple[str, float]] = ()
    over_time: Lines | None = None

    @property
    def template(self) -> str:
        return f"reporting/_picture_{self.kind}.svg"


def picture_of(report: Report, rows: Sequence[Row], *, asked: Asked, said: Sequence[tuple[str, str]]) -> Picture | None:
    """The picture of these rows; None: there is none, or nothing to draw. ``asked`` is what was chosen, ``said``
    the same in words."""
    drawn = report.drawn
    if drawn is None:
        return None
    if isinstance(drawn, OverTime) and (over_time := drawn.lines(asked, rows)) is not None:
        return _lines(report, over_time)
    if isinstance(drawn, (Bars, OverTime)):
        picture, columns = _bars(report, rows, drawn.number), [drawn.number]
    elif isinstance(drawn, Sets):
        picture, columns = _sets(report, rows, drawn, asked, said), [drawn.columns[asked[drawn.by]]]
    elif isinstance(drawn, Spots):
        picture, columns = _spots(report, rows, drawn), [drawn.size]
    else:
        picture = _stacks(report, rows, drawn)
        columns = [*drawn.parts] if isinstance(drawn, Stacks) else []
    if picture and any(row[column] is None for row in rows for column in columns):
        return picture._replace(
            words=_("%(words)s What the table does not show is not drawn.") % {"words": picture.words}
        )
    return picture


def _lines(report: Report, drawn: Lines) -> Picture:
    chart = lines_of(drawn.series, labels=drawn.labels)
    return Picture("lines", str(report.title), drawn.summary, Named(chart, [text for text, _numbers in drawn.series]),
                   over_time=drawn)  # fmt: skip


def _bars(report: Report, rows: Sequence[Row], drawn: int) -> Picture | None:
    """The longest bars first, that of all others last; nothing and what is not shown have none. Texts that are the same
    in all lines are not repeated."""
    texts = [place for place, column in enumerate(report.columns) if column.sort is Sort.TEXT]
    telling = [place for place in texts if len({row[place] for row in rows}) > 1] or texts
    bars = []
    for row in rows:
        number = row[drawn]
        if isinstance(number, (int, float)) and number:
            words = [str(row[place]) for place in telling if row[place] and row[place] != str(ALL)]
            bars.append((str(OTHERS) in row, -number, ", ".join(words)))
    bars = [(text, -number) for _is_others, number, text in sorted(bars, key=lambda bar: bar[:2])]
    if not bars:
        return None
    heading = str(report.columns[drawn].words)
    most = _("The most: %(text)s, %(number)s.") % {"text": bars[0][0], "number": _number(bars[0][1])}
    words = " ".join([most, *_left_out(len(bars))])
    figure = stacks_of([(text, [number]) for text, number in bars[:DRAWN]], parts=[heading])
    return Picture("stacks", heading, words, figure, bars[:DRAWN])


def _stacks(report: Report, rows: Sequence[Row], drawn: Stacks | Tally) -> Picture | None:
    lines: list[tuple[str, list[float | None]]]
    if isinstance(drawn, Tally):
        parts = [str(part) for part in drawn.parts]
        counts = Counter((row[0], row[drawn.column]) for row in rows)
        texts = dict.fromkeys(str(row[0]) for row in rows)
        lines = [(text, [counts[text, part] for part in parts]) for text in texts]
    else:
        parts = [str(report.columns[place].words) for place in drawn.parts]
        lines = [(str(row[0]), [_drawable(row[place]) for place in drawn.parts]) for row in rows]
    lines = [line for line in lines if any(line[1])]
    if not lines:
        return None
    sentences = [
        f"{text}: {', '.join(f'{part} {_number(one)}' for part, one in zip(parts, numbers, strict=True) if one)}."
        for text, numbers in lines[:SENTENCES]
    ]
    words = " ".join([*sentences, *_left_out(len(lines))])
    return Picture("stacks", str(report.title), words, stacks_of(lines[:DRAWN], parts=parts))


def _left_out(lines: int) -> list[str]:
    """A sentence, where not all of so many are drawn."""
    if lines <= DRAWN:
        return []
    return [_("Drawn are the first %(drawn)s of %(all)s lines.") % {"drawn": DRAWN, "all": _number(lines)}]


def _sets(
    report: Report, rows: Sequence[Row], drawn: Sets, asked: Asked, said: Sequence[tuple[str, str]]
) -> Picture | None:
    column = drawn.columns[asked[drawn.by]]
    numbers = [int(row[column] or 0) for row in rows]
    words = {each.name: value for each, (_words, value) in zip(report.filters, said, strict=True)}
    names = list(dict.fromkeys(words[name] for name in drawn.names if asked.get(name)))
    if not any(numbers):
        return None
    heading = str(report.columns[column].words)
    sentences = [f"{row[0]}: {_number(number)}." for row, number in zip(rows, numbers, strict=True) if number]
    figure = venn_of_parts(numbers, sets=len(names))
    if not figure.is_true:
        sentences.append(_("The circles cannot show every part at its right size. The numbers are right."))
    return Picture("sets", heading, " ".join(sentences), Named(figure, names))


def _spots(report: Report, rows: Sequence[Row], drawn: Spots) -> Picture | None:
    kinds = list(dict.fromkeys(str(row[drawn.kind]) for row in rows))
    places = [
        Sized(
            number=int(row[drawn.number] or 0), kind=kinds.index(str(row[drawn.kind])) + 1, size=float(row[drawn.size]),
            latitude=float(row[drawn.north]), longitude=float(row[drawn.east]),
        )
        for row in rows
        if row[drawn.size]
    ]  # fmt: skip
    if not places:
        return None
    figure = spot_map(places, kinds=kinds)
    drawn_of = Counter(spot.kind for spot in figure.spots)
    sentences = []
    for position, kind in enumerate(kinds, start=1):
        of_kind = [row for row in rows if row[drawn.kind] == kind and row[drawn.size]]
        if of_kind:
            most = max(of_kind, key=lambda row: row[drawn.size])
            sentences.append(
                ngettext("%(kind)s: %(places)s place, the most %(number)s at %(name)s.",
                         "%(kind)s: %(places)s places, the most %(number)s at %(name)s.", len(of_kind))
                % {"kind": kind, "places": len(of_kind), "number": _number(most[drawn.size]), "name": most[1]}
            )  # fmt: skip
            if drawn_of[position] < len(of_kind):
                sentences.append(
                    _("Drawn are the largest %(drawn)s of %(all)s places.")
                    % {"drawn": drawn_of[position], "all": _number(len(of_kind))}
                )
    return Picture("spots", str(report.title), " ".join(sentences), figure)


def _drawable(cell: Any) -> float | None:
    return cell if isinstance(cell, (int, float)) else None


def _number(number: Any) -> str:
    return number_format(number, decimal_pos=None if isinstance(number, int) else 1, force_grouping=True)


def write_svg(report: Report, rows: Sequence[Row], *, out: Any, **facts: Any) -> None:
    """The picture with its heading, what was chosen, and the sentence that says it."""
    out.write(_svg(report, rows, fonts=FONTS["svg"], **facts))


def write_png(report: Report, rows: Sequence[Row], *, out: Any, **facts: Any) -> None:
    """The same as pixels, for documents."""
    out.write(pixels_of(_svg(report, rows, fonts=FONTS["png"], **facts)))


def _svg(
    report: Report,
    rows: Sequence[Row],
    *,
    asked: Asked,
    said: Sequence[tuple[str, str]],
    whose: str,
    on: dt.date,
    fonts: str,
) -> bytes:
    picture = picture_of(report, rows, asked=asked, said=said)
    title = str(report.title)
    if picture and picture.caption != title:
        title = f"{title}: {picture.caption}"
    words = picture.words if picture else _("There is nothing to draw.")
    about = [
        "; ".join(f"{name}: {value}" for name, value in said),
        _("As it stood on %(day)s") % {"day": date_format(on, "j F Y")},
    ]
    texts = [(title, LARGE), *((text, SMALL) for text in about)]
    heading, down = _set(texts, down=0.0)
    height = picture.figure.height if picture else 0
    foot, end = _set([(words, SMALL), (whose, SMALL)], down=down + height + 2 * GAP)
    facts = {"picture": picture, "title": title, "words": words, "fonts": fonts, "lines": heading + foot}
    return render_to_string("reporting/picture_file.svg", facts | {"down": down + GAP, "height": end + GAP}).encode()


def _set(texts: Sequence[tuple[str, int]], *, down: float) -> tuple[list[tuple[str, int, float]], float]:
    """The texts broken into lines, each with its size and how far down it stands; and how far down they end."""
    lines = []
    for text, size in texts:
        for line in textwrap.wrap(text, int(LETTERS * SMALL / size)):
            down = round(down + size * 1.35, 1)
            lines.append((line, size, down))
    return lines, down
