"""Messages of the accounting sync: order, back-off, keys, masking, the pace of calls."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.rules import messages, pace
from wholesale_b2b.accounting.rules.messages import Queued

LUCK = st.floats(0, 1)
QUEUE = st.lists(
	st.builds(
		Queued,
		name=st.uuids().map(str),
		subject=st.sampled_from("ABCD"),
		position=st.integers(0, 50),
		status=st.sampled_from(messages.STATES),
		due=st.booleans(),
	),
	max_size=30,
)


@given(QUEUE, st.integers(0, 10))
def test_a_documents_messages_go_one_at_a_time_and_in_order(queue, room):
	chosen = messages.next_ones(queue, room)
	assert len(chosen) <= room
	assert len({message.subject for message in chosen}) == len(chosen)
	for message in chosen:
		assert message.due and message.status in (messages.QUEUED, messages.WAITING)
		before = [
			other
			for other in queue
			if other.subject == message.subject
			and (other.position, other.name) < (message.position, message.name)
		]
		assert all(other.status in messages.FINISHED for other in before)


@given(QUEUE)
def test_whatever_can_go_does_go_when_there_is_room(queue):
	chosen = {message.subject for message in messages.next_ones(queue, 100)}
	for subject in "ABCD":
		line = sorted(
			(m for m in queue if m.subject == subject and m.status in messages.OPEN),
			key=lambda m: (m.position, m.name),
		)
		ready = bool(line) and line[0].due and line[0].status in (messages.QUEUED, messages.WAITING)
		assert (subject in chosen) == ready


@given(st.integers(1, 60), LUCK)
def test_waits_grow_up_to_an_hour_and_never_shrink_below_half(attempts, luck):
	seconds = messages.wait(attempts, None, luck)
	ceiling = min(messages.FIRST_WAIT * 2 ** (attempts - 1), messages.LONGEST_WAIT)
	assert ceiling / 2 <= seconds <= ceiling
	assert messages.wait(attempts + 1, None, 0) >= messages.wait(attempts, None, 0)


@given(st.integers(1, 60), st.floats(0, 90_000), LUCK)
def test_what_the_other_side_asks_for_is_obeyed_in_full(attempts, asked, luck):
	assert asked <= messages.wait(attempts, asked, luck) <= asked + 5


def test_a_message_dies_of_a_refusal_or_of_too_many_attempts():
	assert messages.is_dead(1, refused=True)
	assert not messages.is_dead(messages.MOST_ATTEMPTS - 1, refused=False)
	assert messages.is_dead(messages.MOST_ATTEMPTS, refused=False)


def test_every_state_can_be_left_or_is_an_end_and_every_open_one_can_be_replayed():
	assert set(messages.FOLLOWS) == set(messages.STATES)
	for state, after in messages.FOLLOWS.items():
		assert set(after) <= set(messages.STATES)
		assert bool(after) or state in messages.FINISHED
	for state in messages.REPLAYABLE:
		assert state == messages.QUEUED or messages.may_follow(state, messages.QUEUED)
	assert not messages.may_follow(messages.DONE, messages.SENDING)


CONTENT = st.recursive(
	st.one_of(
		st.text(max_size=5), st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=2)
	),
	lambda inner: st.one_of(
		st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
	),
	max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), CONTENT, max_size=5), st.randoms())
def test_the_hash_of_content_does_not_depend_on_the_order_of_keys(content, random):
	keys = list(content)
	random.shuffle(keys)
	assert messages.content_hash(content) == messages.content_hash({key: content[key] for key in keys})
	assert messages.content_hash({**content, "more": 1}) != messages.content_hash({**content, "more": 2})


def test_equal_amounts_hash_alike_and_others_do_not():
	same = {messages.content_hash({"a": Decimal(text)}) for text in ("10", "10.0", "10.00", "1E+1")}
	assert len(same) == 1
	assert messages.content_hash({"a": Decimal("10.01")}) not in same


@given(st.text(min_size=1), st.text(min_size=1), st.text())
def test_keys_are_stable_hex_and_differ_by_message_and_content(message, other, content):
	key = messages.idempotency_key(message, content)
	assert key == messages.idempotency_key(message, content)
	assert len(key) == 32 and int(key, 16) >= 0
	assert (key == messages.idempotency_key(other, content)) == (message == other)


SECRETS = st.text("abcdef0123456789", min_size=8, max_size=20)


@given(SECRETS, st.text(max_size=10))
def test_no_secret_is_left_wherever_it_stood(secret, around):
	shown = messages.masked(
		{
			"Authorization": f"Bearer {secret}",
			"deep": [{"refresh_token": secret}, f"{around}{secret}"],
			"apiKey": secret,
		},
		[secret],
	)
	assert secret not in str(shown)
	assert messages.masked({"plain": "kept", "n": 1}) == {"plain": "kept", "n": 1}


@given(
	st.integers(1, 100),
	st.floats(1, 120),
	st.integers(1, 10),
	st.lists(st.floats(0, 5), min_size=1, max_size=300),
)
def test_no_window_sees_more_calls_than_the_limit(calls, seconds, burst, gaps):
	limit = pace.Limit(calls, seconds, min(burst, calls))
	now, promised, made = 0.0, 0.0, []
	for gap in gaps:
		now += gap
		wait, promised = pace.step(limit, now, promised)
		assert wait >= 0
		now += wait
		made.append(now)
	if calls > limit.burst:
		for n, begin in enumerate(made):
			assert sum(1 for call in made[n:] if call < begin + seconds - 1e-6) <= calls


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_without_a_limit_nobody_waits(now, promised):
	assert pace.step(pace.Limit(0), now, promised)[0] == 0
