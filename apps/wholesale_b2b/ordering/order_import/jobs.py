"""The import's work in the background queue."""

from . import service


def run(order_import: str) -> None:
	"""Work on an import for one slice; queue the next slice when there is more."""
	if service.run(order_import) == "Running":
		service.enqueue_next(order_import)


def replay_all(order_import: str) -> None:
	"""Replay every open exception of an import."""
	service.replay_all(order_import)
