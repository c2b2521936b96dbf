"""How a connection to an accounting package is, and how much of the time it answered."""

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.rules import health as rules

seconds = st.floats(0, 10**6)


def test_what_a_person_must_see_comes_first():
	assert rules.health(False, True, True, 1, 1, 10**6) == rules.OFF
	for trouble, attention, conflicts in ((True, 0, 0), (False, 1, 0), (False, 0, 1)):
		assert rules.health(True, True, trouble, attention, conflicts, None) == rules.NEEDS_ATTENTION
	assert rules.health(True, True, False, 0, 0, 10**6) == rules.PAUSED
	assert rules.health(True, False, False, 0, 0, rules.BEHIND_AFTER + 1) == rules.BEHIND
	assert rules.health(True, False, False, 0, 0, rules.BEHIND_AFTER) == rules.GOOD


@given(seconds)
def test_a_look_speaks_for_the_time_since_the_one_before_but_not_for_a_pause(since):
	assert rules.step(since) == (int(since) if since <= rules.LONGEST_STEP else rules.FIRST_STEP)
	assert rules.step(None) == rules.FIRST_STEP


def test_a_clock_that_is_set_back_takes_nothing_away():
	assert rules.step(-3600) == 0


@given(st.lists(st.tuples(seconds, st.booleans()), min_size=1))
def test_uptime_is_a_share_and_whole_only_if_every_look_was_answered(looks):
	steps = [(rules.step(since), answered) for since, answered in looks]
	whole, up = sum(s for s, _answered in steps), sum(s for s, answered in steps if answered)
	found = rules.uptime(whole, up)
	if not whole:
		assert found is None
	else:
		assert found is not None and 0 <= found <= 100
		assert (found == 100) == (up == whole)


def test_many_looks_in_a_bad_hour_weigh_no_more_than_the_hour():
	"""A good day with a look every five minutes, then an hour down in which somebody presses *Look Now* sixty times."""
	good, bad = 23 * 12 * rules.step(300), 60 * rules.step(60)
	assert rules.uptime(good + bad, good) == round(100 * 23 / 24, 2)
