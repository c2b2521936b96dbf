"""How often a tenant may be called: an even rate with a little room for bursts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
	"""At most `calls` in any `seconds`, of which `burst` at once. calls 0: no limit."""

	calls: int
	seconds: float = 60.0
	burst: int = 5

	@property
	def between(self) -> float:
		# what may come at once is taken from the rest, so that no window sees more than `calls`
		return self.seconds / max(self.calls - self.burst, 1)


def step(limit: Limit, now: float, promised: float) -> tuple[float, float]:
	"""(seconds to wait before this call, the new `promised`).

	promised: until when calls are spoken for, as the call before left it; 0 for none. All in seconds of one clock.
	"""
	if limit.calls <= 0:
		return 0.0, promised
	begun = max(promised, now)
	slack = limit.between * max(limit.burst - 1, 0)
	return max(begun - slack - now, 0.0), begun + limit.between
