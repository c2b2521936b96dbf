"""VAT, EORI and IOSS numbers: brought to one way of writing and checked."""

import re

from frappe import _
from stdnum import get_cc_module
from stdnum.eu import oss, vat
from stdnum.exceptions import ValidationError as Invalid

# Commission Delegated Regulation (EU) 2015/2446, Annex 12-01: country code, then up to 15 characters. HMRC's are the VAT
# registration number of nine digits and three more.
EORI = re.compile(rf"({'|'.join(sorted(vat.MEMBER_STATES - {'xi'})).upper()})[0-9A-Z]{{1,15}}")
EORI_OF_UK = re.compile(r"(GB|XI)[0-9]{12}([0-9]{3})?")


def check_vat(number: str) -> tuple[str, str]:
	"""(the number as it is written, what is wrong with it or empty). It begins with the country's two letters."""
	bare = _bare(number)
	country = bare[:2].lower()
	if not bare or not country.isalpha():
		return bare, bare and _("it does not begin with the two letters of its country, as GB980780684 does")
	if country in vat.MEMBER_STATES or country == "el":
		return _checked(vat, bare)
	module = get_cc_module({"xi": "gb"}.get(country, country), "vat")
	if not module:
		return bare, ""
	own, wrong = _checked(module, bare[2:])
	return (bare, wrong) if wrong else (bare[:2] + own, "")


def check_eori(number: str) -> tuple[str, str]:
	"""The same of an EORI number, by its published form."""
	bare = _bare(number)
	if not bare:
		return "", ""
	pattern = EORI_OF_UK if bare[:2] in ("GB", "XI") else EORI
	if pattern.fullmatch(bare):
		return bare, ""
	if bare[:2] in ("GB", "XI"):
		return bare, _("after {0} come 12 or 15 digits").format(bare[:2])
	return bare, _(
		"it is the two letters of an EU country, or GB or XI, and up to 15 letters or digits, as FR12345678901234 is"
	)


def check_ioss(number: str) -> tuple[str, str]:
	"""The same of a number of the Import One Stop Shop."""
	bare = _bare(number)
	if bare and not bare.startswith("IM"):
		return bare, _("it begins with IM, then ten digits")
	return _checked(oss, bare) if bare else ("", "")


def _bare(number: str | None) -> str:
	return re.sub(r"[\s.\-/]", "", number or "").upper()


def _checked(module, number: str) -> tuple[str, str]:
	try:
		return module.validate(number), ""
	except Invalid as error:
		return number, _(str(error)).rstrip(".").lower()
