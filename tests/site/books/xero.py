"""A stand-in for Xero. Requests are held against Xero's own OpenAPI description; what that does not say is kept here:

- an invoice number is unique among those that are not voided; a line's amount is its quantity times its price; without
  unitdp=4 prices are rounded to two places; codes must exist (developer.xero.com, "Invoices", "Validation errors");
- a payment is at most what is due and is never changed, only deleted ("Payments"); what is paid or allocated cannot be voided
  or changed ("Invoices", "Voiding");
- If-Modified-Since is UTC to the second, lists have pages of at most 1,000 ("Requests and responses");
- an Idempotency-Key replays the first answer, and is refused with another body ("Idempotency").
"""

import base64
import copy
import hashlib
import hmac
import json
import re
import uuid
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import yaml
from frappe.utils import nowdate
from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from books.server import ServerWorld, answer
from books.world import Booked

CONTRACT = Path(__file__).resolve().parents[2] / "data" / "contracts" / "xero" / "xero_accounting.yaml"
API = "/api.xro/2.0"
TENANT = "0a1b2c3d-0000-4000-8000-00000000beef"
NAMES = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID", "Quotes": "QuoteID", "Contacts": "ContactID"}
NUMBERS = {"Invoices": "InvoiceNumber", "CreditNotes": "CreditNoteNumber", "Quotes": "QuoteNumber"}
LISTS = (*NAMES, "Payments", "BatchPayments", "Overpayments", "Prepayments", "BankTransactions")
IDENT = {
	**NAMES, "Payments": "PaymentID", "BatchPayments": "BatchPaymentID", "Overpayments": "OverpaymentID",
	"Prepayments": "PrepaymentID", "BankTransactions": "BankTransactionID",
}  # fmt: skip
ACCOUNTS = {
	"200": ("Sales", "REVENUE", "REVENUE"), "260": ("Other Revenue", "REVENUE", "REVENUE"),
	"860": ("Rounding", "CURRLIAB", "LIABILITY"), "090": ("Business Bank", "BANK", "ASSET"),
}  # fmt: skip
TAXES = {"OUTPUT2": 20, "NONE": 0, "ZERORATEDOUTPUT": 0}
GONE = ("VOIDED", "DELETED", "DECLINED")


@lru_cache(maxsize=1)
def contract() -> OpenAPI:
	"""Xero's description, strict: a field that it does not know is refused."""
	spec = yaml.load(CONTRACT.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
	_close(spec["components"]["schemas"])
	return OpenAPI.from_dict(spec, config=Config(spec_validator_cls=None))


def _close(node: object) -> None:
	if isinstance(node, dict):
		if node.get("type") == "object" and "properties" in node:
			node.setdefault("additionalProperties", False)
		for part in node.values():
			_close(part)
	elif isinstance(node, list):
		for part in node:
			_close(part)


class XeroWorld(ServerWorld):
	provider = "Xero"
	create_invoice = r"^PUT .*/Invoices$"
	create_payment = r"^PUT .*/(Batch)?Payments$"

	def begin(self):
		self.books: dict[str, dict[str, dict]] = {name: {} for name in LISTS}
		self.clock = datetime.now(timezone.utc)
		self.today = nowdate()
		contract()

	def access(self):
		return {
			**self.consent(),
			"tenant_id": TENANT,
			"base_url": f"{self.url}{API}",
			"webhook_key": self.webhook_key,
		}

	# ---- calls

	def contract(self, request: Request) -> str:
		if not request.path.startswith(API):
			return ""
		# their own address stands in the description
		builder = EnvironBuilder(
			path=request.path,
			base_url="https://api.xero.com",
			query_string=request.query_string.decode(),
			method=request.method,
			headers={name: value for name, value in request.headers.items() if name != "Host"},
			data=request.get_data(),
		)
		try:
			contract().validate_request(WerkzeugOpenAPIRequest(Request(builder.get_environ())))
		except Exception as error:
			return f"{type(error).__name__}: {error} {[str(e)[:300] for e in _causes(error)]}"
		if not request.headers.get("xero-tenant-id"):
			return "no xero-tenant-id"
		return ""

	def idempotency_key(self, request, body):
		return request.headers.get("Idempotency-Key", "")

	def route(self, request, body) -> Response:
		if request.path == "/connections":
			return answer(
				[{"id": "1", "tenantId": TENANT, "tenantType": "ORGANISATION", "tenantName": "Northgate"}]
			)
		if request.headers.get("xero-tenant-id") != TENANT:
			return answer({"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"}, 403)
		parts = request.path.removeprefix(API).strip("/").split("/")
		name, ident = parts[0], parts[1] if len(parts) > 1 else ""
		if name in ("Organisation", "Accounts", "TaxRates", "TrackingCategories"):
			return answer(self._settings(name))
		if len(parts) >= 3 and parts[2] == "Allocations":
			return self._allocations(request.method, name, ident, parts[3:], body)
		if request.method == "GET":
			return self._read(request, name, ident)
		return self._write(request, name, ident, body)

	def _settings(self, name):
		if name == "Organisation":
			return {"Organisations": [{"Name": "Northgate", "BaseCurrency": "GBP"}]}
		if name == "Accounts":
			rows = [
				{"Code": code, "Name": title, "Type": kind, "Class": group, "Status": "ACTIVE"}
				for code, (title, kind, group) in ACCOUNTS.items()
			]
			return {"Accounts": rows}
		if name == "TaxRates":
			return {
				"TaxRates": [
					{"TaxType": t, "Name": t, "EffectiveRate": r, "Status": "ACTIVE"}
					for t, r in TAXES.items()
				]
			}
		return {"TrackingCategories": []}

	def _read(self, request, name, ident):
		if ident:
			found = self.books[name].get(ident)
			return answer({name: [self._shown(name, found)]}) if found else Response("", 404)
		rows = [row for row in self.books[name].values() if self._matches(name, row, request)]
		rows.sort(key=lambda row: row["UpdatedDateUTC"])
		page, size = int(request.args.get("page", 1)), int(request.args.get("pageSize", 100))
		if "page" in request.args:
			rows = rows[(page - 1) * size : page * size]
		return answer({name: [self._shown(name, row) for row in rows]})

	def _matches(self, name, row, request):
		since = request.headers.get("If-Modified-Since")
		if since:
			moment = datetime.fromisoformat(since.replace("Z", "+00:00"))
			if row["_updated"] <= moment:
				return False
		if numbers := request.args.get("InvoiceNumbers"):
			if row.get("InvoiceNumber") not in numbers.split(","):
				return False
		if number := request.args.get("QuoteNumber"):
			# a part of the number is enough for them
			if number not in row.get("QuoteNumber", ""):
				return False
		if references := request.args.get("References"):
			if row.get("Reference") not in references.split(","):
				return False
		return all(self._holds(row, term) for term in request.args.get("where", "").split(" AND ") if term)

	def _holds(self, row, term):
		match = re.fullmatch(r"([\w.]+)(==|>=|<=)(.+)", term.strip())
		assert match, f"a where that this stand-in does not know: {term}"
		field, how, wanted = match.groups()
		value = row
		for part in field.split("."):
			value = (value or {}).get(part)
		if day := re.fullmatch(r"DateTime\((\d+),(\d+),(\d+)\)", wanted):
			wanted, value = "-".join(day.groups()), (row.get("DateString") or "")[:10]
			return value >= wanted if how == ">=" else value <= wanted
		if ident := re.fullmatch(r'guid\("([^"]+)"\)', wanted):
			return value == ident[1]
		return value == json.loads(wanted)

	def _shown(self, name, row):
		shown = {key: copy.deepcopy(value) for key, value in row.items() if not key.startswith("_")}
		if name == "Invoices":
			shown["Payments"] = [
				{
					"PaymentID": p["PaymentID"],
					"Amount": p["Amount"],
					"Date": p["Date"],
					"Reference": p["Reference"],
				}
				for p in self._payments_of("Invoice", row["InvoiceID"])
			]
		if name == "Payments":
			for kind, where in (("Invoice", "Invoices"), ("CreditNote", "CreditNotes")):
				if kind in row:
					paper = self.books[where][row[kind][f"{kind}ID"]]
					shown[kind] = {
						f"{kind}ID": paper[f"{kind}ID"], f"{kind}Number": paper[f"{kind}Number"], "Type": paper["Type"],
						"Contact": paper["Contact"], "CurrencyCode": paper["CurrencyCode"],
					}  # fmt: skip
		return shown

	# ---- writing

	def _write(self, request, name, ident, body):
		if name in ("Invoices", "CreditNotes", "Quotes"):
			return self._bill(request, name, ident, body[name][0])
		if name == "Contacts":
			return self._contact(ident, body[name][0])
		if name == "Payments":
			return self._remove_payment(ident) if ident else self._payment(body[name][0])
		if name == "BatchPayments":
			return self._remove_batch(ident) if ident else self._batch(body[name][0])
		if name == "BankTransactions":
			return self._remove_overpayment(ident) if ident else self._overpayment(body[name][0])
		return Response("", 404)

	def _stamp(self, row):
		# every change is later than the one before, as it is over there
		self.clock = max(datetime.now(timezone.utc), self.clock + timedelta(milliseconds=1))
		row["_updated"] = self.clock
		row["UpdatedDateUTC"] = f"/Date({int(self.clock.timestamp() * 1000)}+0000)/"

	def _refused(self, *messages):
		return answer(
			{
				"ErrorNumber": 10,
				"Type": "ValidationException",
				"Message": "A validation exception occurred",
				"Elements": [{"ValidationErrors": [{"Message": message} for message in messages]}],
			},
			400,
		)

	def _contact(self, ident, body):
		same = [
			row
			for row in self.books["Contacts"].values()
			if row["Name"] == body.get("Name") and row["ContactID"] != ident
		]
		if same:
			return self._refused(f"The contact name {body['Name']} is already assigned to another contact.")
		row = self.books["Contacts"].get(ident) or {"ContactID": str(uuid.uuid4())}
		row.update({key: value for key, value in body.items() if key != "ContactID"})
		self._stamp(row)
		self.books["Contacts"][row["ContactID"]] = row
		return answer({"Contacts": [self._shown("Contacts", row)]})

	def _bill(self, request, name, ident, body):
		key, number = NAMES[name], NUMBERS[name]
		row = self.books[name].get(ident)
		if ident and not row:
			return Response("", 404)
		if row and body.get("Status") in GONE:
			return self._void(name, row, body)
		if row and (row.get("AmountPaid") or row.get("AmountCredited")):
			return self._refused(
				"This document cannot be edited as it has a payment or credit note allocated to it."
			)
		problems, lines = self._lines(body, int(request.args.get("unitdp", 2)))
		for other in self.books[name].values():
			if other[key] != ident and other[number] == body[number] and other["Status"] not in GONE:
				problems.append(
					"Invoice # must be unique." if name == "Invoices" else f"{number} must be unique."
				)
		if self.closed:
			problems.append("The document date cannot be before the period lock date")
		if body["Contact"]["ContactID"] not in self.books["Contacts"]:
			problems.append("The contact could not be found")
		if problems:
			if request.args.get("summarizeErrors") == "false":
				errors = [{"Message": problem} for problem in problems]
				return answer(
					{
						name: [
							{
								**body,
								"StatusAttributeString": "ERROR",
								"HasErrors": True,
								"ValidationErrors": errors,
							}
						]
					}
				)
			return self._refused(*problems)
		net = sum(Decimal(str(line["LineAmount"])) for line in lines)
		tax = sum(Decimal(str(line["TaxAmount"])) for line in lines)
		row = row or {key: str(uuid.uuid4())}
		row.update(
			{
				**body, key: row[key], "LineItems": lines, "SubTotal": float(net), "TotalTax": float(tax),
				"Total": float(net + tax), "DateString": f"{body['Date']}T00:00:00", "AmountPaid": 0.0, "AmountCredited": 0.0,
				"AmountDue": float(net + tax), "RemainingCredit": float(net + tax), "Allocations": [],
			}
		)  # fmt: skip
		self._stamp(row)
		self.books[name][row[key]] = row
		return answer({name: [self._shown(name, row)]})

	def _lines(self, body, places):
		problems, lines = [], []
		for line in body["LineItems"]:
			price = Decimal(str(line["UnitAmount"])).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
			worth = (price * Decimal(str(line["Quantity"]))).quantize(Decimal("0.01"), ROUND_HALF_UP)
			if Decimal(str(line["LineAmount"])) != worth:
				problems.append(
					f"The line total {line['LineAmount']} does not match the expected line total {worth}"
				)
			if line["AccountCode"] not in ACCOUNTS:
				problems.append(
					f"Account code '{line['AccountCode']}' is not a valid code for this document."
				)
			if line["TaxType"] not in TAXES:
				problems.append(f"The TaxType code '{line['TaxType']}' does not exist or cannot be used.")
			lines.append({**line, "UnitAmount": float(price), "LineItemID": str(uuid.uuid4())})
		return problems, lines

	def _void(self, name, row, body):
		if (
			row.get("AmountPaid")
			or row.get("AmountCredited")
			or any(not a["IsDeleted"] for a in row["Allocations"])
		):
			return self._refused(
				"This document cannot be edited as it has a payment or credit note allocated to it."
			)
		row.update({"Status": body["Status"], "AmountDue": 0.0, "RemainingCredit": 0.0})
		self._stamp(row)
		return answer({name: [self._shown(name, row)]})

	def _payment(self, body, batch=None):
		kind = "Invoice" if "Invoice" in body else "CreditNote"
		where = "Invoices" if kind == "Invoice" else "CreditNotes"
		paper = self.books[where].get(body[kind][f"{kind}ID"])
		due = "AmountDue" if kind == "Invoice" else "RemainingCredit"
		if not paper or paper["Status"] not in ("AUTHORISED", "PAID"):
			return self._refused("Payments can only be made against Authorised documents")
		if Decimal(str(body["Amount"])) > Decimal(str(paper[due])):
			return self._refused("Payment amount exceeds the amount outstanding on this document")
		if body["Account"]["Code"] not in ACCOUNTS:
			return self._refused("Account could not be found")
		row = {
			"PaymentID": str(uuid.uuid4()), "Status": "AUTHORISED", "Reference": body.get("Reference", ""),
			"PaymentType": "ACCRECPAYMENT" if kind == "Invoice" else "ARCREDITPAYMENT", "Amount": body["Amount"],
			"Date": body["Date"], "CurrencyRate": body.get("CurrencyRate", 1.0), "Account": body["Account"],
			kind: {f"{kind}ID": paper[f"{kind}ID"]},
		}  # fmt: skip
		if batch:
			row["BatchPayment"] = {"BatchPaymentID": batch}
		self._move(where, paper, body["Amount"])
		self._stamp(row)
		self.books["Payments"][row["PaymentID"]] = row
		return answer({"Payments": [self._shown("Payments", row)]})

	def _move(self, where, paper, amount, paid="AmountPaid"):
		"""So much more (or less) of a bill is paid or credited."""
		part = Decimal(str(amount))
		if where == "Invoices":
			paper[paid] = float(Decimal(str(paper[paid])) + part)
			paper["AmountDue"] = float(Decimal(str(paper["AmountDue"])) - part)
			left = paper["AmountDue"]
		else:
			paper["RemainingCredit"] = float(Decimal(str(paper["RemainingCredit"])) - part)
			left = paper["RemainingCredit"]
		paper["Status"] = "AUTHORISED" if left else "PAID"
		self._stamp(paper)

	def _payments_of(self, kind, ident):
		return [
			p for p in self.books["Payments"].values()
			if p.get(kind, {}).get(f"{kind}ID") == ident and p["Status"] == "AUTHORISED"
		]  # fmt: skip

	def _remove_payment(self, ident):
		row = self.books["Payments"].get(ident)
		if not row:
			return Response("", 404)
		if row["Status"] == "DELETED":
			return self._refused("The payment has been deleted already")
		row["Status"] = "DELETED"
		kind = "Invoice" if "Invoice" in row else "CreditNote"
		where = "Invoices" if kind == "Invoice" else "CreditNotes"
		self._move(where, self.books[where][row[kind][f"{kind}ID"]], -row["Amount"])
		self._stamp(row)
		return answer({"Payments": [self._shown("Payments", row)]})

	def _batch(self, body):
		ident = str(uuid.uuid4())
		row = {
			"BatchPaymentID": ident, "Type": "RECBATCH", "Status": "AUTHORISED", "Account": body["Account"],
			"Reference": body.get("Reference", ""), "Date": body["Date"], "Payments": [],
		}  # fmt: skip
		for part in body["Payments"]:
			made = self._payment(
				{**part, "Account": body["Account"], "Date": body["Date"], "Reference": row["Reference"]},
				ident,
			)
			if made.status_code >= 400:
				return made
			row["Payments"].append(json.loads(made.get_data())["Payments"][0])
		self._stamp(row)
		self.books["BatchPayments"][ident] = row
		return answer({"BatchPayments": [self._shown("BatchPayments", row)]})

	def _remove_batch(self, ident):
		row = self.books["BatchPayments"].get(ident)
		if not row:
			return Response("", 404)
		for payment in row["Payments"]:
			self._remove_payment(payment["PaymentID"])
		row["Status"] = "DELETED"
		self._stamp(row)
		return answer({"BatchPayments": [self._shown("BatchPayments", row)]})

	def _overpayment(self, body):
		name = "Prepayments" if body["Type"].endswith("PREPAYMENT") else "Overpayments"
		total = sum(
			Decimal(str(line["UnitAmount"])) * Decimal(str(line["Quantity"])) for line in body["LineItems"]
		)
		ident, bank = str(uuid.uuid4()), str(uuid.uuid4())
		money = {
			IDENT[name]: ident, "Type": body["Type"], "Contact": body["Contact"], "Status": "AUTHORISED",
			"DateString": f"{body['Date']}T00:00:00", "Total": float(total), "RemainingCredit": float(total),
			"CurrencyCode": body.get("CurrencyCode", "GBP"), "CurrencyRate": body.get("CurrencyRate", 1.0), "Reference": body.get("Reference", ""),
			"Allocations": [], "_bank": bank,
		}  # fmt: skip
		row = {
			"BankTransactionID": bank, "Type": body["Type"], "Contact": body["Contact"], "BankAccount": body["BankAccount"],
			"Status": "AUTHORISED", "Reference": body.get("Reference", ""), "Total": float(total), IDENT[name]: ident,
			"DateString": f"{body['Date']}T00:00:00",
		}  # fmt: skip
		self._stamp(money)
		self._stamp(row)
		self.books[name][ident], self.books["BankTransactions"][bank] = money, row
		return answer({"BankTransactions": [self._shown("BankTransactions", row)]})

	def _remove_overpayment(self, bank):
		row = self.books["BankTransactions"].get(bank)
		if not row:
			return Response("", 404)
		for name in ("Overpayments", "Prepayments"):
			money = self.books[name].get(row.get(IDENT[name], ""))
			if not money:
				continue
			if any(not one["IsDeleted"] for one in money["Allocations"]):
				return self._refused("This document cannot be edited as it has allocations.")
			money["Status"] = "VOIDED"
			self._stamp(money)
		row["Status"] = "DELETED"
		self._stamp(row)
		return answer({"BankTransactions": [self._shown("BankTransactions", row)]})

	def _allocations(self, method, name, ident, rest, body):
		row = self.books[name].get(ident)
		if not row:
			return Response("", 404)
		if method == "DELETE":
			one = next(a for a in row["Allocations"] if a["AllocationID"] == rest[0])
			self._allocated(row, one, -one["Amount"])
			one["IsDeleted"] = True
			return answer({"AllocationId": rest[0], "IsDeleted": True})
		for wanted in body["Allocations"]:
			invoice = self.books["Invoices"].get(wanted["Invoice"]["InvoiceID"])
			if not invoice or wanted["Amount"] > min(invoice["AmountDue"], row["RemainingCredit"]) + 1e-9:
				return self._refused("The amount allocated exceeds what is outstanding")
			one = {
				"AllocationID": str(uuid.uuid4()), "Amount": wanted["Amount"], "Date": wanted["Date"], "IsDeleted": False,
				"Invoice": {"InvoiceID": invoice["InvoiceID"], "InvoiceNumber": invoice["InvoiceNumber"]},
			}  # fmt: skip
			row["Allocations"].append(one)
			self._allocated(row, one, one["Amount"])
		return answer({"Allocations": row["Allocations"]})

	def _allocated(self, row, one, amount):
		self._move("Invoices", self.books["Invoices"][one["Invoice"]["InvoiceID"]], amount, "AmountCredited")
		row["RemainingCredit"] = float(Decimal(str(row["RemainingCredit"])) - Decimal(str(amount)))
		row["Status"] = "AUTHORISED" if row["RemainingCredit"] else "PAID"
		self._stamp(row)

	# ---- what people do there

	def booked(self, number):
		kinds = {"Invoices": "Invoice", "CreditNotes": "Credit Note", "Quotes": "Pro Forma"}
		found = []
		for name, kind in kinds.items():
			for row in self.books[name].values():
				if row[NUMBERS[name]] == number:
					due = {"Invoices": "AmountDue", "CreditNotes": "RemainingCredit"}.get(name, "Total")
					state = {"VOIDED": "Voided", "DELETED": "Removed", "PAID": "Settled"}.get(
						row["Status"], "Open"
					)
					found.append(
						Booked(
							number, kind, *(Decimal(str(row[f])) for f in ("SubTotal", "TotalTax", "Total", due)), state,
							row["CurrencyCode"], row["Contact"]["ContactID"], len(row["LineItems"]),
							1 / Decimal(str(row.get("CurrencyRate", 1))),
						)
					)  # fmt: skip
		return found

	def _row(self, number):
		for name in ("Invoices", "CreditNotes"):
			for row in self.books[name].values():
				if row[NUMBERS[name]] == number and row["Status"] not in GONE:
					return name, row
		raise KeyError(number)

	def pay(self, number, amount, rate=1, **fields):
		with self.lock:
			name, row = self._row(number)
			kind = "Invoice" if name == "Invoices" else "CreditNote"
			made = self._payment(
				{
					kind: {f"{kind}ID": row[f"{kind}ID"]}, "Account": {"Code": "090"}, "Date": self.today,
					"Amount": float(amount), "Reference": "", "CurrencyRate": 1 / rate, **fields,
				}
			)  # fmt: skip
			assert made.status_code == 200, made.get_data()
			return json.loads(made.get_data())["Payments"][0]["PaymentID"]

	def prepay(self, customer, amount, reference):
		with self.lock:
			made = self._overpayment(
				{
					"Type": "RECEIVE-PREPAYMENT", "Contact": {"ContactID": customer}, "BankAccount": {"Code": "090"},
					"Date": self.today, "Reference": reference,
					"LineItems": [{"UnitAmount": float(amount), "Quantity": 1}],
				}
			)  # fmt: skip
			return json.loads(made.get_data())["BankTransactions"][0]["PrepaymentID"]

	def overpay(self, number, amount):
		"""More comes in than an invoice asks for: it is paid, the rest is kept."""
		with self.lock:
			row = self._row(number)[1]
			made = self._overpayment(
				{
					"Type": "RECEIVE-OVERPAYMENT", "Contact": row["Contact"], "BankAccount": {"Code": "090"}, "Date": self.today,
					"LineItems": [{"UnitAmount": float(amount), "Quantity": 1}],
				}
			)  # fmt: skip
			ident = json.loads(made.get_data())["BankTransactions"][0]["OverpaymentID"]
			self.allocate_overpayment(ident, number, row["AmountDue"])
			return ident

	def allocate_overpayment(self, ident, number, amount, name="Overpayments"):
		with self.lock:
			invoice = self._row(number)[1]
			wanted = {
				"Invoice": {"InvoiceID": invoice["InvoiceID"]},
				"Amount": float(amount),
				"Date": self.today,
			}
			made = self._allocations("PUT", name, ident, [], {"Allocations": [wanted]})
			assert made.status_code == 200, made.get_data()

	def allocate_money(self, ident, number, amount):
		self.allocate_overpayment(ident, number, amount, "Prepayments")

	def credit(self, note, number, amount):
		self.allocate_overpayment(self._row(note)[1]["CreditNoteID"], number, amount, "CreditNotes")

	def change_payment(self, payment, amount):
		"""There a payment is never changed: it is removed, and another entered."""
		row = self.books["Payments"][payment]
		number = self.books["Invoices"][row["Invoice"]["InvoiceID"]]["InvoiceNumber"]
		self.remove_payment(payment)
		self.changed_into = self.pay(number, amount)

	def remove_payment(self, payment):
		with self.lock:
			if payment in self.books["Payments"]:
				if self.books["Payments"][payment]["Status"] == "DELETED":
					payment = self.changed_into
				made = self._remove_payment(payment)
			else:
				made = self._remove_overpayment(self.books["Prepayments"][payment]["_bank"])
			assert made.status_code == 200, made.get_data()

	def void(self, number):
		with self.lock:
			name, row = self._row(number)
			assert self._void(name, row, {"Status": "VOIDED"}).status_code == 200

	def take_number(self, number, like):
		with self.lock:
			row = {**self._row(like)[1], "InvoiceID": str(uuid.uuid4()), "InvoiceNumber": number}
			self._stamp(row)
			self.books["Invoices"][row["InvoiceID"]] = row

	def payments(self):
		found = [p for p in self.books["Payments"].values() if p["Status"] == "AUTHORISED"]
		over = [p for p in self.books["Overpayments"].values() if p["Status"] != "VOIDED"]
		return [
			{
				"number": p["Reference"],
				"amount": p.get("Amount", p.get("Total")),
				"rate": 1 / Decimal(str(p["CurrencyRate"])),
			}
			for p in found + over
		]

	def webhook(self, *numbers, secret=None) -> tuple[dict, bytes]:
		"""(headers, body) that tell of changes of these invoices; of none for *intent to receive*."""
		events = [
			{
				"resourceUrl": f"https://api.xero.com{API}/Invoices/{self._row(number)[1]['InvoiceID']}",
				"resourceId": self._row(number)[1]["InvoiceID"], "eventDateUtc": self.clock.isoformat(),
				"eventType": "UPDATE", "eventCategory": "INVOICE", "tenantId": TENANT, "tenantType": "ORGANISATION",
			}
			for number in numbers
		]  # fmt: skip
		told = {"events": events, "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "X"}
		return self.signed(json.dumps(told).encode(), secret)

	def signed(self, body, secret=None):
		key = (secret or self.webhook_key).encode()
		signature = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
		return {"x-xero-signature": signature}, body


def _causes(error):
	found = []
	while error := error.__cause__:
		found += getattr(error, "schema_errors", None) or [error]
	return found
