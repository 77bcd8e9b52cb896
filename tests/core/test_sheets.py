import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.sheets import csv_response, harmless, meant


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_shown_instead(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["O'Neill", "a=b", "", -5, 3.5, None])
def test_everything_else_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_a_download_opens_in_a_spreadsheet_with_its_letters_right():
    response = csv_response("learners.csv", ["Name", "Note"], [["Łukasz", '=HYPERLINK("x")'], ["Zoë, A", 3]])
    written = b"".join(response.streaming_content)
    assert written.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")))) == [
        ["Name", "Note"],
        ["Łukasz", '\'=HYPERLINK("x")'],
        ["Zoë, A", "3"],
    ]


@given(st.text(alphabet="'=+-@\t\r\na ", max_size=8))
@example("'=1")
@example("''")
def test_what_was_made_harmless_is_read_back_as_it_was(text):
    assert meant(harmless(text)) == text
    assert harmless(text)[:1] not in tuple("=+-@\t\r\n")


@pytest.mark.parametrize("cell", ["'tis", "'", "", "Level 2", 3, None, "''quoted''"])
def test_an_apostrophe_that_hides_nothing_stays(cell):
    assert meant(cell) == cell
