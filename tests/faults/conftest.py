"""What happens at the same moment, or in the middle of something: processes of their own against the test site."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))

from tests.site.conftest import company, fresh_transaction, site, worker  # noqa: F401
