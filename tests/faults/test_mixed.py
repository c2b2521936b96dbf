"""Two and eight people do whatever they do, on the same few items and often on the same documents."""

import os
import random
import re
from collections import Counter

import pytest

from tests.faults import checks
from tests.faults.crew import Crew
from tests.faults.deeds import draw_script, make_stage
from tests.site.conftest import SITE, SITES

TRIALS = int(os.environ.get("FAULT_TRIALS", 20))
SEED = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
# A stage is played on this often before there is a new one: documents of the trials before are there to act on.
TRIALS_PER_STAGE = 5

# What a person may be told, since somebody else was first: deeds, exception, text. Anything else is a fault.
REFUSALS = (
	(".*", "TimestampMismatchError", "has been modified after you have opened it"),
	(".*", "DocstatusTransitionError|ValidationError", "Cannot (edit|change).* (cancelled|docstatus)"),
	(
		"(un)?reserve_by_hand|change_items|(cancel_)?pick",
		"DocumentLockedError",
		"being changed by somebody else",
	),
	# of what is on a pick list meanwhile
	("break_goods|count", "ValidationError", "are being picked|is being changed by somebody else"),
	("pick", "ValidationError", "Total Picked Quantity .* is more than ordered qty"),
	# what somebody else took first
	(
		"deliver.*|cancel_receipt|break_goods",
		"NegativeStockError|ValidationError",
		"units of Item .* needed in Warehouse",
	),
	("reserve_by_hand", "ValidationError", "Cannot reserve more than Allowed Qty"),
	("deliver|receive_goods", "OverAllowanceError", "over limit by Qty"),
	# of what was delivered or received meanwhile
	("change_.*", "ValidationError", "Cannot set quantity less than (delivered|received) quantity"),
	("change_.*", "ValidationError", "Cannot delete item .* which has already been (delivered|received)"),
	("cancel_.*", "LinkExistsError", "linked with"),
	("pick", "ValidationError", "are reserved for .* are free"),
	("pick", "ValidationError", "Nothing on the shelf is reserved"),
	# of what was closed, held, cancelled or deleted meanwhile
	("cancel_order", "ValidationError", "Closed order cannot be cancelled"),
	("deliver|receive_goods", "ValidationError", "Invalid reference (Sales|Purchase) Order Item"),
	("change_.*", "DoesNotExistError", "(Sales|Purchase) Order Item .* not found"),
	(".*", "CancelledLinkError", "Cannot link cancelled document"),
	(
		"deliver|pick|receive_goods|cancel_.*",
		"ValidationError|InvalidStatusError",
		"is (Closed|On Hold|Cancelled|closed|cancelled|stopped)",
	),
	("deliver", "ValidationError", "names a row that .* does not have, or .* is not submitted"),
	("pick", "ValidationError", "are wanted for .* are not on .* already"),
	("deliver|(cancel_)?pick", "Held", "is held: the order was put on hold"),
	# ERPNext reserves what is picked from its pick list only
	("reserve_by_hand", "ValidationError", "has been picked"),
)


@pytest.mark.parametrize("size", [2, 8])
def test_whatever_they_do_at_once(size):
	print(f"FAULT_SEED={SEED} FAULT_TRIALS={TRIALS}")
	rng = random.Random(f"{SEED}-{size}")
	told: Counter = Counter()
	faults = []
	with Crew(size, SITE, str(SITES)) as crew:
		for trial in range(TRIALS):
			if trial % TRIALS_PER_STAGE == 0:
				stage = make_stage()
			scripts = [draw_script(rng, stage) for _ in range(size)]
			answers = crew.together([("tests.faults.deeds", "play", (stage, script)) for script in scripts])

			assert [a.message for a in answers if not a.ok] == []
			for done in (done for answer in answers for done in answer.result):
				told[done.step.deed, done.error, refusal(done)] += 1
				if not refusal(done):
					faults.append(
						f"trial {trial}: {done.step.deed}: {done.error}: {done.message}\n{done.trace}"
					)
			checks.everything_holds(stage.items)
	print(
		*(f"{count:4d} {deed} {error} {text}" for (deed, error, text), count in sorted(told.items())),
		sep="\n",
	)
	assert faults == [], f"FAULT_SEED={SEED}\n" + "\n".join(faults)


def refusal(done) -> str:
	"""`done` if it went well, the text of the refusal if it is one of the expected; empty for a fault."""
	if not done.error:
		return "done"
	return next(
		(
			text
			for deeds, error, text in REFUSALS
			if re.fullmatch(deeds, done.step.deed)
			and re.fullmatch(error, done.error)
			and re.search(text, done.message)
		),
		"",
	)
