"""What happens at the same moment, or in the middle of something: processes of their own against the test site."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))
pytest.register_assert_rewrite("tests.faults.checks")

from tests.site.conftest import company, fresh_transaction, site, worker  # noqa: E402, F401


@pytest.fixture(scope="session", autouse=True)
def day_has_begun(site):  # noqa: F811
	"""What the site tests have left may have expired at midnight, as batches do.

	The night's check of a large site is left to background workers; here it is done before the trials begin.
	"""
	from builders import settle_everything

	from wholesale_b2b.allocation import jobs

	jobs.nightly()
	settle_everything()
