from pathlib import Path

import pytest
from django.conf import settings

from activity.workflow import JOB_FLOW, OPEN, JobState
from core.errors import StaleState


def test_the_committed_diagram_is_the_table():
    assert (Path(settings.BASE_DIR) / "docs/diagrams/job.mmd").read_text(encoding="utf-8") == JOB_FLOW.mermaid()


@pytest.mark.parametrize("verb", JOB_FLOW.moves)
@pytest.mark.parametrize("state", list(JobState))
def test_every_verb_leads_where_the_table_says_or_is_refused(state, verb):
    leads_to = {
        "claim": {"queued": "running", "running": "running"},
        "finish": {"running": "done"},
        "put_back": {"running": "queued"},
        "fail": {"running": "failed"},
        "give_up": {"queued": "failed", "running": "failed"},
    }[verb].get(state)
    if leads_to:
        assert JOB_FLOW.target(state, verb) == leads_to
    else:
        with pytest.raises(StaleState):
            JOB_FLOW.target(state, verb)


def test_open_jobs_are_those_that_something_can_still_happen_to():
    assert set(JobState) - OPEN == JOB_FLOW.final
