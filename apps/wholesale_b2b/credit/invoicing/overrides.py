"""ERPNext's Sales Invoice, where what has shipped is owed whatever became of its order."""

from erpnext.accounts.doctype.sales_invoice.sales_invoice import SalesInvoice

from wholesale_b2b.setup.switch import is_enabled


class WholesaleSalesInvoice(SalesInvoice):
	"""An order that is closed short, or held after a part of it left, still owes what it had."""

	def check_sales_order_on_hold_or_close(self, ref_fieldname: str) -> None:
		if self.update_stock or not is_enabled(self.company):
			return super().check_sales_order_on_hold_or_close(ref_fieldname)
		rows = self.items
		self.items = [row for row in rows if not row.get("dn_detail")]
		try:
			super().check_sales_order_on_hold_or_close(ref_fieldname)
		finally:
			self.items = rows
