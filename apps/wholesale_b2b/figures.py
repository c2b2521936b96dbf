"""Figures in sentences, and where a sentence ends."""

from decimal import Decimal


def plain(number: Decimal | float) -> str:
	"""A number as it is typed: all of its digits, without zeros at its end and never as a power of ten."""
	exact = Decimal(str(number))
	whole = exact.to_integral_value()
	# a whole number may have more digits than decimals are rounded with
	return f"{whole if exact == whole else round(exact, 6).normalize():f}"


def sentence(text: str) -> str:
	"""Words that others have written, with the full stop that they may lack."""
	text = text.strip()
	return text if text.endswith((".", "!", "?")) else f"{text}."
