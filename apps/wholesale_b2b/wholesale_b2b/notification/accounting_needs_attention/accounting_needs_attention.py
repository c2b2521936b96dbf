"""Tells those who keep the books that a connection needs a person."""


def get_context(context: object) -> None:
	"""Nothing beyond the document itself."""
