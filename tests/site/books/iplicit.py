"""A stand-in for iplicit. Fields are those of its own OpenAPI description (docs.iplicit.com/dev, "API Reference", DocCreate,
DocDetailCreate, ContactAccountCreate); beyond it:

- a session by user name and key, sent as a bearer token with a Domain header, good for half an hour ("Authentication");
- a document is made as a draft and counts once it is submitted; only a draft can be abandoned ("Submission and posting");
- with `explicitAmounts` all amounts must be there and add up, and are taken as they are ("Totals and rounding");
- a document has a currency and its rate (`currencyRate`), and amounts in the currency and the company's own ("Totals and
  rounding"); which way round a rate is quoted is not said, so a rate is read from the two amounts;
- an allocation is at most what is outstanding on either side ("Allocations"); lists go by Take and Skip.
"""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from builders import unique
from werkzeug.wrappers import Response

from books.ledger import LedgerWorld, Refused
from books.server import answer
from wholesale_b2b.accounting.rules.amounts import rounded

DOMAIN = "sandbox.northgate"
TYPES = {"SIN": "Invoice", "SCN": "Credit Note", "SOR": "Pro Forma"}
RECEIPT = "REC"
DOC = {
	"docTypeId", "legalEntityId", "contactAccountId", "docDate", "taxDate", "dueDate", "currency", "currencyRate", "intRef",
	"theirDocNo", "theirRef", "description", "isNetEntry", "explicitAmounts", "netCurrencyAmount", "taxCurrencyAmount",
	"grossCurrencyAmount", "netAmount", "taxAmount", "grossAmount", "details", "bankAccountId", "currencyAmount",
	"allocations",
}  # fmt: skip
DETAIL = {
	"description", "accountId", "taxCodeId", "isNetEntry", "quantity", "netCurrencyUnitPrice", "netCurrencyAmount",
	"taxCurrencyAmount", "grossCurrencyAmount", "netAmount", "taxAmount", "grossAmount", "productId", "post",
}  # fmt: skip
CONTACT = {"description", "intRef", "customer", "contact", "taxNo", "countryCode"}
ALLOCATION = {"docId", "allocAmountCurrency"}
QUERY = {"IntRef", "LastModifiedFrom", "DocDateFrom", "DocDateTo", "Take", "Skip", "include"}


class IplicitWorld(LedgerWorld):
	provider = "iplicit"
	create_invoice = r"^POST /api/SaleInvoice$"
	create_payment = r"^POST /api/Receipt$"
	tax_code, no_tax_code = "S20", "Z0"
	bank_code, sales_code, freight_code, rounding_code = "BANK1", "4000", "4100", "7900"
	refund_sign = -1
	user, key = "api.user", "iplicit-api-key-0001"

	def begin(self):
		super().begin()
		self.good = True

	def access(self):
		return {
			"tenant_id": DOMAIN, "login": self.user, "api_key": self.key, "base_url": self.url, "legal_entity": "LE1",
			"customer_group": "CUST", "invoice_type": "SIN", "credit_note_type": "SCN", "pro_forma_type": "SOR",
			"receipt_type": RECEIPT,
		}  # fmt: skip

	# ---- being let in

	def is_login(self, request):
		return request.path == "/api/session/create/api"

	def token(self, request):
		body = request.get_json()
		wanted = {"username": self.user, "userApiKey": self.key}
		if not self.good or body != wanted or request.headers.get("Domain") != DOMAIN:
			return answer({"title": "Unauthorized", "status": 401}, 401)
		self.refreshed += 1
		token = unique("session")
		self.access_tokens = {token}
		due = datetime.now(timezone.utc) + timedelta(minutes=30)
		return answer(
			{"sessionToken": token, "tokenDue": due.isoformat(), "domain": DOMAIN, "apiVer": "1.13"}
		)

	def revoke(self):
		self.good = False
		self.access_tokens.clear()

	def allow(self):
		self.good = True

	def secrets(self):
		return [self.key, *self.access_tokens]

	def writes(self):
		return [
			call for call in self.calls if call.method != "GET" and not call.path.startswith("/api/session")
		]

	# ---- calls

	def contract(self, request):
		unknown = set(request.args) - QUERY
		if unknown:
			return f"unknown parameters {unknown}"
		if request.headers.get("Domain") != DOMAIN:
			return "no Domain"
		if request.method not in ("POST", "PATCH") or not request.get_data():
			return ""
		body = request.get_json()
		parts = request.path.strip("/").split("/")
		allowed = (
			CONTACT if parts[1] == "ContactAccount" else ALLOCATION if parts[-1] == "allocation" else DOC
		)
		problems = [f"unknown {field}" for field in set(body) - allowed]
		if allowed is DOC and not body.get("docTypeId"):
			problems.append("no docTypeId")
		for line in body.get("details", []):
			problems += [f"unknown detail field {field}" for field in set(line) - DETAIL]
		for one in body.get("allocations", []):
			problems += [f"unknown allocation field {field}" for field in set(one) - ALLOCATION]
		return "; ".join(problems)

	def too_many(self):
		return Response("", 429, {"Retry-After": "1"})

	def unauthorised(self):
		return answer({"title": "Unauthorized", "status": 401}, 401)

	def route(self, request, body):
		parts = request.path.strip("/").split("/")[1:]
		name, ident, deed = (*parts, "", "")[:3]
		try:
			if name == "LegalEntity":
				return answer([{"id": "1", "code": "LE1", "description": "Northgate", "currency": "GBP"}])
			if name == "ContactAccount":
				return self._contact(request, ident, body)
			if request.method == "GET":
				return self._read(request, name, ident)
			if deed == "submit":
				self._submit(ident)
			elif deed == "allocation":
				self._allocate(ident, body)
			elif deed == "unpost":
				self._unpost(ident)
			elif deed == "abandon":
				self._abandon(ident)
			else:
				return answer(self._make(name, body)["id"])
			return Response("", 200)
		except Refused as refused:
			status = 404 if refused.kind == "missing" else 400
			text = f"{refused.message} (already exists)" if refused.kind == "duplicate" else refused.message
			return answer(
				{"title": "One or more validation errors", "status": status, "errors": {"": [text]}}, status
			)

	def _contact(self, request, ident, body):
		if request.method == "GET":
			wanted = request.args.get("IntRef")
			rows = [row for row in self.contacts.values() if wanted in (None, row["reference"])]
			skip = int(request.args.get("Skip", 0))
			return answer([{"id": row["id"], "intRef": row["reference"]} for row in rows[skip : skip + 200]])
		row = self.put_contact(ident, name=body["description"], reference=body["intRef"])
		return answer(row["id"])

	def _make(self, name, body):
		if body["legalEntityId"] != "LE1":
			raise Refused("The legal entity is not known")
		if name == "Receipt":
			if body["docTypeId"] != RECEIPT:
				raise Refused("The document type is not a receipt")
			uses = [(one["docId"], Decimal(str(one["allocAmountCurrency"]))) for one in body["allocations"]]
			row = self.put_payment(
				"", body["contactAccountId"], body["currencyAmount"], body["bankAccountId"], uses, reference=body["intRef"],
				day=body["docDate"], currency=body["currency"], rate=Decimal(str(body["currencyRate"])),
			)  # fmt: skip
		else:
			sums = {
				f: sum(Decimal(str(line[f])) for line in body["details"])
				for f in ("netCurrencyAmount", "taxCurrencyAmount")
			}
			if not body["explicitAmounts"] or any(
				Decimal(str(body[f])) != total for f, total in sums.items()
			):
				raise Refused("The amounts do not add up")
			lines = [
				{
					"net": line["netCurrencyAmount"], "tax": line["taxCurrencyAmount"], "account": line["accountId"],
					"tax_code": line["taxCodeId"],
				}
				for line in body["details"]
			]  # fmt: skip
			row = self.put_bill(
				TYPES[body["docTypeId"]], "", body["intRef"], body["contactAccountId"], lines, currency=body["currency"],
				day=body["docDate"], rate=Decimal(str(body["currencyRate"])),
			)  # fmt: skip
			row["type"] = body["docTypeId"]
		row["draft"] = True
		return row

	def _row_by_id(self, ident):
		row = self.bills.get(ident) or self.money.get(ident)
		if not row:
			raise Refused("not found", "missing")
		return row

	def _submit(self, ident):
		row = self._row_by_id(ident)
		if not row.get("draft"):
			raise Refused("It is not a draft")
		row["draft"] = False
		self.stamp(row)

	def _unpost(self, ident):
		row = self._row_by_id(ident)
		if row.get("draft"):
			raise Refused("It is a draft")
		if row.get("used") and row["kind"] != "Credit Note":
			raise Refused("It is allocated")
		if row.get("kind") == "Credit Note":
			self.take_back(ident)
		row["draft"] = True
		self.stamp(row)

	def _abandon(self, ident):
		row = self._row_by_id(ident)
		if not row.get("draft"):
			raise Refused("Only a draft can be abandoned")
		if ident in self.bills:
			self.end_bill(ident, "Removed")
		else:
			self.end_payment(ident)
		row["draft"] = False

	def _allocate(self, ident, body):
		part = Decimal(str(body["allocAmountCurrency"]))
		if ident in self.bills:
			self.allocate(ident, [(body["docId"], part)])
			return
		row = self.money[ident]
		self.put_payment(
			ident, row["contact"], row["amount"], row["account"], [*row["uses"], (body["docId"], part)],
			reference=row["reference"], day=row["day"],
		)  # fmt: skip

	def _read(self, request, name, ident):
		rows = self.money if name == "Receipt" else self.bills
		if ident:
			row = self._row_by_id(ident)
			return answer(self._shown(row, "allocations" in request.args.get("include", "")))
		orders = name == "SaleOrder"
		found = [
			row for row in rows.values()
			if (name == "Receipt" or (row["kind"] == "Pro Forma") == orders) and self._matches(row, request.args)
		]  # fmt: skip
		found.sort(key=lambda row: row["updated"])
		skip, take = int(request.args.get("Skip", 0)), int(request.args.get("Take", 50))
		return answer([self._shown(row, False) for row in found[skip : skip + take]])

	def _matches(self, row, args):
		reference = row.get("number", row.get("reference"))
		if args.get("IntRef", reference) != reference:
			return False
		if args.get("DocDateFrom") and not args["DocDateFrom"] <= row["day"] <= args["DocDateTo"]:
			return False
		since = args.get("LastModifiedFrom")
		return not since or row["updated"] >= datetime.fromisoformat(since)

	def _shown(self, row, allocations):
		state = "Draft" if row.get("draft") else "Posted" if row["state"] == "Open" else "Abandoned"
		shown = {
			"id": row["id"], "docNo": f"D{row['seq']}", "docDate": f"{row['day']}T00:00:00", "contactAccountId": row["contact"],
			"currency": row["currency"], "currencyRate": float(row["rate"]), "lastModified": row["updated"].isoformat(), "statusList": [state],
		}  # fmt: skip
		if "lines" in row:
			shown |= {
				"docTypeId": row.get("type", "SIN"), "intRef": row["number"], "netCurrencyAmount": float(row["net"]),
				"taxCurrencyAmount": float(row["tax"]), "grossCurrencyAmount": float(row["total"]),
				"outstandingCurrencyAmount": float(self.left(row)),
			}  # fmt: skip
		else:
			shown |= {
				"docTypeId": RECEIPT, "intRef": row["reference"], "grossCurrencyAmount": float(row["amount"]),
				"grossAmount": float(rounded(row["amount"] * row["rate"])), "bankAccountId": row["account"],
			}  # fmt: skip
		if allocations:
			shown["allocations"] = [
				{"docId": i, "allocAmountCurrency": float(part)} for i, part in row["uses"]
			]
		return shown
