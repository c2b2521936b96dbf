"""Masters whose details customs papers show."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.export import service


def after_item(doc: Document, method: str | None = None) -> None:
	if service.changed(doc, "customs_tariff_number", "country_of_origin", "weight_per_unit"):
		service.look_again(doc, item=doc.name)


def on_company_save(doc: Document, method: str | None = None) -> None:
	service.check_own_eori(doc)


def after_company(doc: Document, method: str | None = None) -> None:
	if service.changed(doc, "b2b_eori", "country"):
		service.look_again(doc, company=doc.name)


def after_address(doc: Document, method: str | None = None) -> None:
	if service.changed(doc, "country"):
		service.look_again(doc, address=doc.name)
