"""A stand-in for Sage Accounting 3.1. There is no contract to be kept; what is checked is what its documents say
(developer.sage.com/accounting, "Reference"):

- one entity in the body under its own name, with no fields but those of the reference; `idempotency_id` of 32 hex digits inside;
- lists are `$items` with `$next`, all fields only with `attributes=all`; `X-Business` tells which business;
- a payment has a currency, its rate, and its total in the business's own (`base_currency_total_amount`); which way round a
  rate is quoted is not said, so it is read from the two amounts;
- `updated_or_created_since` and `deleted_since` are told apart; a payment is deleted, an issued invoice voided by DELETE with a
  reason; 422 with a list of `$message` and `$source`; a receipt's `allocated_artefacts` are at most what is outstanding.
"""

import re
from datetime import datetime
from decimal import Decimal

from werkzeug.wrappers import Response

from books.ledger import LedgerWorld, Refused
from books.server import answer
from wholesale_b2b.accounting.rules.amounts import rounded

BUSINESS = "7c1f1d0e5f1d4c0fa0a0b0c0d0e0f000"
KINDS = {"sales_invoices": "Invoice", "sales_credit_notes": "Credit Note", "sales_quotes": "Pro Forma"}
LINES = {
	"sales_invoices": "invoice_lines",
	"sales_credit_notes": "credit_note_lines",
	"sales_quotes": "quote_lines",
}
ENTITIES = {
	"contacts": "contact", "sales_invoices": "sales_invoice", "sales_credit_notes": "sales_credit_note",
	"sales_quotes": "sales_quote", "contact_payments": "contact_payment", "contact_allocations": "contact_allocation",
}  # fmt: skip
LINE = {
	"description", "ledger_account_id", "quantity", "unit_price", "net_amount", "tax_rate_id", "tax_amount", "total_amount",
}  # fmt: skip
BILL = {"contact_id", "date", "reference", "currency_id", "exchange_rate", "notes", "idempotency_id"}
FIELDS = {
	"contact": {
		"name", "contact_type_ids", "reference", "tax_number", "currency_id", "main_address", "main_contact_person",
		"idempotency_id",
	},
	"sales_invoice": BILL | {"due_date", "invoice_lines"},
	"sales_credit_note": BILL | {"credit_note_lines"},
	"sales_quote": BILL | {"expiry_date", "quote_lines"},
	"contact_payment": {
		"transaction_type_id", "contact_id", "bank_account_id", "date", "total_amount", "reference", "allocated_artefacts",
		"currency_id", "exchange_rate", "idempotency_id",
	},
	"contact_allocation": {"transaction_type_id", "contact_id", "date", "allocated_artefacts", "idempotency_id"},
}  # fmt: skip
NEEDED = {
	"contact": {"name", "contact_type_ids"},
	"sales_invoice": {"contact_id", "date", "invoice_lines", "due_date"},
	"sales_credit_note": {"contact_id", "date", "credit_note_lines"},
	"sales_quote": {"contact_id", "date", "quote_lines"},
	"contact_payment": {"transaction_type_id", "contact_id", "bank_account_id", "date", "total_amount"},
	"contact_allocation": {"transaction_type_id", "contact_id", "allocated_artefacts"},
}
PARAMETERS = {
	"attributes", "items_per_page", "page", "search", "updated_or_created_since", "deleted_since", "contact_id",
	"show_payments_allocations", "from_date", "to_date", "void_reason", "visible_in",
}  # fmt: skip


class SageWorld(LedgerWorld):
	provider = "Sage"
	create_invoice = r"^POST .*/sales_invoices$"
	create_payment = r"^POST .*/contact_payments$"
	tax_code, no_tax_code = "GB_STANDARD", "GB_ZERO"
	bank_code, sales_code, freight_code, rounding_code = "bank-1", "ledger-4000", "ledger-4905", "ledger-7900"
	token_seconds = 300

	def begin(self):
		super().begin()
		self.allocations: dict[str, dict] = {}

	def access(self):
		return {**self.consent(), "tenant_id": BUSINESS, "base_url": f"{self.url}/v3.1"}

	def contract(self, request):
		unknown = set(request.args) - PARAMETERS
		if unknown:
			return f"unknown parameters {unknown}"
		if request.method not in ("POST", "PUT"):
			return ""
		name = request.path.split("/")[2]
		entity = ENTITIES.get(name)
		body = request.get_json()
		if not entity or list(body) != [entity]:
			return f"one {entity} is wanted, not {list(body)}"
		inside = body[entity]
		problems = [f"unknown {field}" for field in set(inside) - FIELDS[entity]]
		problems += [f"no {field}" for field in NEEDED[entity] - set(inside)]
		for line in inside.get(LINES.get(name, ""), []):
			problems += [f"unknown line field {field}" for field in set(line) - LINE]
		for one in inside.get("allocated_artefacts", []):
			problems += [f"unknown artefact field {field}" for field in set(one) - {"artefact_id", "amount"}]
		key = inside.get("idempotency_id")
		if key is not None and not re.fullmatch(r"[0-9a-f]{32}", key):
			problems.append(f"idempotency_id {key}")
		return "; ".join(problems)

	def idempotency_key(self, request, body):
		if request.method == "POST" and isinstance(body, dict):
			return next(iter(body.values())).get("idempotency_id", "")
		return ""

	def too_many(self):
		return Response("", 429, {"Retry-After": "1"})

	def route(self, request, body):
		if request.headers.get("X-Business", BUSINESS) != BUSINESS:
			return answer([{"$severity": "error", "$message": "Another business"}], 403)
		parts = request.path.strip("/").split("/")[1:]
		name, ident = parts[0], parts[1] if len(parts) > 1 else ""
		try:
			if request.method == "GET":
				return self._read(request, name, ident)
			if request.method == "DELETE":
				return self._delete(request, name, ident)
			return answer(
				self._write(name, ident, body[ENTITIES[name]]), 201 if request.method == "POST" else 200
			)
		except Refused as refused:
			if refused.kind == "missing":
				return answer([{"$message": "Not found"}], 404)
			text = f"{refused.message} already in use" if refused.kind == "duplicate" else refused.message
			return answer(
				[{"$severity": "error", "$dataCode": "ValidationError", "$message": text, "$source": name}],
				422,
			)

	def _write(self, name, ident, body):
		if name == "contacts":
			row = self.put_contact(ident, name=body["name"], reference=body.get("reference", ""))
			# one that says none has the business's own
			row.setdefault("currency", body.get("currency_id", "GBP"))
		elif name in KINDS:
			lines = [
				{
					"net": line["net_amount"], "tax": line["tax_amount"], "account": line["ledger_account_id"],
					"tax_code": line["tax_rate_id"],
				}
				for line in body[LINES[name]]
			]  # fmt: skip
			row = self.put_bill(
				KINDS[name],
				ident,
				body["reference"],
				body["contact_id"],
				lines,
				currency=body["currency_id"],
				rate=Decimal(str(body.get("exchange_rate", 1))),
				day=body["date"],
			)
		elif name == "contact_payments":
			uses = [(one["artefact_id"], Decimal(str(one["amount"]))) for one in body["allocated_artefacts"]]
			row = self.put_payment(
				ident, body["contact_id"], body["total_amount"], body["bank_account_id"], uses,
				reference=body.get("reference", ""), day=body["date"],
				refund=body["transaction_type_id"] == "CUSTOMER_REFUND",
				currency=body.get("currency_id", self.contacts[body["contact_id"]]["currency"]),
				rate=Decimal(str(body.get("exchange_rate", 1))),
			)  # fmt: skip
		else:
			parts = [(one["artefact_id"], Decimal(str(one["amount"]))) for one in body["allocated_artefacts"]]
			(credit,) = [found for found, part in parts if part < 0]
			if sum(part for _found, part in parts):
				raise Refused("The allocation does not balance")
			self.allocate(credit, [(found, part) for found, part in parts if part > 0])
			row = {"id": self.new_id(), "contact": body["contact_id"], "parts": parts, "credit": credit}
			self.allocations[row["id"]] = self.stamp(row)
		return self._shown(name, row)

	def _delete(self, request, name, ident):
		if name in KINDS:
			if name != "sales_quotes" and not request.args.get("void_reason"):
				raise Refused("A void_reason is wanted")
			self.end_bill(ident, "Removed" if name == "sales_quotes" else "Voided")
		elif name == "contact_payments":
			self.end_payment(ident)
		else:
			self.take_back(self.allocations.pop(ident)["credit"])
		return Response("", 204)

	def _read(self, request, name, ident):
		settings = {
			"businesses": [{"id": BUSINESS, "name": "Northgate", "displayed_as": "Northgate"}],
			"ledger_accounts": [
				{"id": code, "displayed_as": code} for code in (self.sales_code, self.freight_code)
			],
			"tax_rates": [{"id": code, "displayed_as": code} for code in (self.tax_code, self.no_tax_code)],
			"bank_accounts": [{"id": self.bank_code, "displayed_as": "Current"}],
		}
		if name == "financial_settings":
			return answer({"base_currency": {"id": "GBP"}})
		rows = self._rows(name) if name not in settings else settings[name]
		if ident:
			found = next((row for row in rows if row["id"] == ident and row.get("state") != "Removed"), None)
			if not found:
				raise Refused("not found", "missing")
			return answer(self._shown(name, found))
		if name not in settings:
			rows = [row for row in rows if self._matches(name, row, request.args)]
		page, size = int(request.args.get("page", 1)), int(request.args.get("items_per_page", 20))
		part = rows[(page - 1) * size : page * size]
		shown = [row if name in settings else self._shown(name, row) for row in part]
		if request.args.get("deleted_since"):
			shown = [{"id": row["id"], "deleted_at": row["updated"].isoformat()} for row in part]
		elif request.args.get("attributes") != "all":
			shown = [{"id": row["id"], "displayed_as": row["id"]} for row in shown]
		more = len(rows) > page * size
		return answer(
			{
				"$total": len(rows),
				"$page": page,
				"$next": f"/{name}?page={page + 1}" if more else None,
				"$items": shown,
			}
		)

	def _rows(self, name):
		if name in KINDS:
			return [row for row in self.bills.values() if row["kind"] == KINDS[name]]
		return list(
			{
				"contacts": self.contacts,
				"contact_payments": self.money,
				"contact_allocations": self.allocations,
			}[name].values()
		)

	def _matches(self, name, row, args):
		gone = row.get("state") == "Removed"
		if since := args.get("deleted_since"):
			return gone and row["updated"] >= datetime.fromisoformat(since.replace("Z", "+00:00"))
		if gone:
			return False
		since = args.get("updated_or_created_since")
		if since and row["updated"] < datetime.fromisoformat(since.replace("Z", "+00:00")):
			return False
		if args.get("contact_id", row.get("contact")) != row.get("contact"):
			return False
		if args.get("from_date") and not args["from_date"] <= row["day"] <= args["to_date"]:
			return False
		words = args.get("search", "").lower()
		return words in f"{row.get('name', '')} {row.get('number', '')} {row.get('reference', '')}".lower()

	def _shown(self, name, row):
		shown = {"id": row["id"], "updated_at": row["updated"].isoformat()}
		if name == "contacts":
			return {**shown, "name": row["name"], "reference": row["reference"]}
		shown["contact"] = {"id": row["contact"]}
		if name in KINDS:
			left = self.left(row)
			status = (
				"VOID"
				if row["state"] == "Voided"
				else "PAID"
				if not left
				else "PART_PAID"
				if row["used"]
				else "UNPAID"
			)
			shown |= {
				"reference": row["number"], "displayed_as": f"SI-{row['seq']}", "date": row["day"],
				"currency": {"id": row["currency"]}, "net_amount": str(row["net"]), "tax_amount": str(row["tax"]),
				"total_amount": str(row["total"]), "outstanding_amount": str(left), "status": {"id": status},
			}  # fmt: skip
			if row["kind"] == "Credit Note":
				shown["payments_allocations"] = [
					{"artefact": {"id": i}, "amount": str(part)} for i, part in row["uses"]
				]
		elif name == "contact_payments":
			shown |= {
				"transaction_type": {"id": "CUSTOMER_REFUND" if row["refund"] else "CUSTOMER_RECEIPT"},
				"date": row["day"], "total_amount": str(row["amount"]),
				"reference": row["reference"], "bank_account": {"id": row["account"]}, "currency": {"id": row["currency"]},
				"exchange_rate": str(row["rate"]), "base_currency_total_amount": str(rounded(row["amount"] * row["rate"])),
				"allocated_artefacts": [{"artefact": {"id": i}, "amount": str(part)} for i, part in row["uses"]],
			}  # fmt: skip
		else:
			shown["allocated_artefacts"] = [
				{"artefact": {"id": i}, "amount": str(part)} for i, part in row["parts"]
			]
		return shown

	def credit(self, note, number, amount):
		"""By an allocation of its own."""
		with self.lock:
			memo, bill, part = self.row_of(note), self.row_of(number), Decimal(str(amount))
			parts = [(bill["id"], part), (memo["id"], -part)]
			self.allocate(memo["id"], [(bill["id"], part)])
			row = {"id": self.new_id(), "contact": memo["contact"], "parts": parts, "credit": memo["id"]}
			self.allocations[row["id"]] = self.stamp(row)

	def secrets(self):
		return [self.client_secret, self.refresh_token, *self.access_tokens]
