"""A stand-in for QuickBooks Online. Bodies are held against Intuit's own XML schemas; what those do not say is kept here:

- DocNumber has at most 21 characters and is unique where the company warns of duplicates (error 6210); a DisplayName is unique
  (6240); a SyncToken that is not the current one is refused (5010); what is not there is 610 (developer.intuit.com, "Errors");
- a line's amount is its quantity times its price; tax is reckoned from the codes, and a TotalTax that is sent stands where it
  is within a penny a line ("Manage sales tax for non-US locales"; the tolerance is ours);
- requestid replays the first answer ("Request ID"); /cdc tells of the last 30 days, deleted ones too ("Change data capture");
- a customer has one currency, an amount in another than the company's an ExchangeRate, of the company's in one of it
  ("Manage multiple currencies");
- a credit memo is allocated by a payment of nothing; void leaves a document of nothing with the memo *Voided* ("Void");
- a payment may set off an Expense or a Check ("Payment", LinkedTxn); a line that is booked to Accounts Receivable names the
  customer, and nothing that is linked is deleted ("Purchase").
"""

import base64
import copy
import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import xmlschema
from frappe.utils import nowdate

from books.server import ServerWorld, answer
from books.world import Booked

CONTRACT = Path(__file__).resolve().parents[2] / "data" / "contracts" / "quickbooks" / "Finance.xsd"
REALM = "9130350000000001"
ENTITIES = ("Customer", "Invoice", "CreditMemo", "Estimate", "Payment", "Purchase")
BILLS = {"Invoice": "Invoice", "CreditMemo": "Credit Note", "Estimate": "Pro Forma"}
ITEMS = {"11": "Sales", "12": "Freight", "13": "Rounding"}
TAXES = {"4": Decimal(20), "5": Decimal(0)}
BANKS = {"35": "Checking"}
RECEIVABLES = {"84": "GBP", "85": "EUR"}
# What a payment may be linked to, and where it is kept.
LINKED = {"Invoice": "Invoice", "CreditMemo": "CreditMemo", "Expense": "Purchase", "Check": "Purchase"}
SPENT = "AccountBasedExpenseLineDetail"
PARAMETERS = {"minorversion", "requestid", "operation", "query", "entities", "changedSince"}


@lru_cache(maxsize=1)
def contract() -> xmlschema.XMLSchema:
	return xmlschema.XMLSchema(str(CONTRACT))


def problems(kind, value, path: str) -> list[str]:
	"""What a JSON value is not, by the XML type of its element."""
	if kind.is_simple():
		text = str(value).lower() if isinstance(value, bool) else str(value)
		if isinstance(value, (dict, list)) or not kind.is_valid(text):
			return [f"{path}: {value!r} is no {kind.name}"]
		return []
	if not isinstance(value, dict):
		return [f"{path}: an object is wanted"]
	attributes = set(kind.attributes)
	if kind.has_simple_content():
		unknown = set(value) - attributes - {"value"}
		return (
			[f"{path}: {sorted(unknown)} unknown"]
			if unknown
			else problems(kind.content, value.get("value", ""), path)
		)
	elements = {element.local_name: element for element in kind.content.iter_elements() if element.local_name}
	found = [f"{path}.{name}: unknown" for name in value if name not in elements and name not in attributes]
	for name, part in value.items():
		element = elements.get(name)
		if element is None:
			continue
		many = element.max_occurs is None or element.max_occurs > 1
		if many != isinstance(part, list):
			found.append(f"{path}.{name}: {'a list' if many else 'one'} is wanted")
			continue
		for one in part if many else [part]:
			found += problems(element.type, one, f"{path}.{name}")
	return found


class QuickBooksWorld(ServerWorld):
	provider = "QuickBooks"
	create_invoice = r"^POST .*/invoice$"
	create_payment = r"^POST .*/payment$"
	tax_code, no_tax_code = "4", "5"
	bank_code, sales_code, freight_code, rounding_code = "35", "11", "12", "13"

	def begin(self):
		self.books: dict[str, dict[str, dict]] = {name: {} for name in ENTITIES}
		self.gone: list[dict] = []
		self.count = 100
		self.clock = datetime.now(timezone.utc)
		self.today = nowdate()
		contract()

	def access(self):
		return {**self.consent(), "tenant_id": REALM, "base_url": self.url, "webhook_key": self.webhook_key}

	# ---- calls

	def contract(self, request):
		unknown = set(request.args) - PARAMETERS
		if unknown:
			return f"unknown parameters {unknown}"
		if "minorversion" not in request.args:
			return "no minorversion"
		if request.method != "POST":
			return ""
		name = self._name(request.path.rsplit("/", 1)[1])
		if name not in ENTITIES:
			return f"unknown entity in {request.path}"
		operation = request.args.get("operation")
		if operation not in (None, "void", "delete"):
			return f"unknown operation {operation}"
		kind = contract().maps.types[f"{{http://schema.intuit.com/finance/v3}}{name}"]
		return "; ".join(problems(kind, request.get_json(), name))

	def _name(self, lower):
		return {name.lower(): name for name in ENTITIES}.get(lower, lower)

	def idempotency_key(self, request, body):
		return request.args.get("requestid", "")

	def key_with_another_body(self):
		return self._fault("A request with this requestid was another one", "", "2500")

	def too_many(self):
		return self._fault("ThrottleExceeded", "Too many requests", "3001", 429)

	def unauthorised(self):
		return self._fault("AuthenticationFailed", "Token expired", "3200", 401)

	def _fault(self, message, detail, code, status=400):
		fault = {"Error": [{"Message": message, "Detail": detail, "code": code}], "type": "ValidationFault"}
		return answer({"Fault": fault, "time": self.clock.isoformat()}, status)

	def route(self, request, body):
		parts = request.path.strip("/").split("/")
		if parts[:3] != ["v3", "company", REALM]:
			return self._fault("ApplicationAuthorizationFailed", "Another company", "3100", 403)
		parts = parts[3:]
		if parts[0] == "query":
			return self._query(request.args["query"])
		if parts[0] == "cdc":
			return self._changed(request.args["entities"].split(","), request.args["changedSince"])
		if parts[0] == "companyinfo":
			return answer({"CompanyInfo": {"CompanyName": "Northgate", "Id": "1"}})
		name = self._name(parts[0])
		if request.method == "GET":
			found = self.books[name].get(parts[1])
			return answer({name: self._shown(name, found)}) if found else self._not_found()
		operation = request.args.get("operation")
		if operation:
			return self._end(name, body, operation)
		if name == "Customer":
			return self._customer(body)
		if name == "Purchase":
			return self._purchase(body)
		return self._payment(body) if name == "Payment" else self._bill(name, body)

	def _not_found(self):
		return self._fault(
			"Object Not Found",
			"Object Not Found : Something you're trying to use has been made inactive",
			"610",
		)

	def _query(self, text):
		match = re.fullmatch(
			r"select \* from (\w+)(?: where (.+))? startposition (\d+) maxresults (\d+)", text
		)
		assert match, text
		name, where, start, most = match[1], match[2] or "", int(match[3]), int(match[4])
		settings = {
			"Item": [{"Id": i, "Name": n, "Type": "Service", "Active": True} for i, n in ITEMS.items()],
			"TaxCode": [{"Id": i, "Name": f"{r} %", "Active": True} for i, r in TAXES.items()],
			"Account": [
				*({"Id": i, "Name": n, "AccountType": "Bank"} for i, n in BANKS.items()),
				*(
					{"Id": i, "AccountType": "Accounts Receivable", "CurrencyRef": {"value": currency}}
					for i, currency in RECEIVABLES.items()
				),
			],
			"Preferences": [{"CurrencyPrefs": {"HomeCurrency": {"value": "GBP"}}}],
		}
		rows = settings.get(name) or [self._shown(name, row) for row in self.books[name].values()]
		for term in filter(None, re.split(r" and ", where)):
			rows = [row for row in rows if self._holds(row, term)]
		found = rows[start - 1 : start - 1 + most]
		return answer({"QueryResponse": {name: found} if found else {}, "time": self.clock.isoformat()})

	def _holds(self, row, term):
		match = re.fullmatch(r"([\w.]+) (=|>=|<=) (?:'((?:[^'\\]|\\.)*)'|(\w+))", term)
		assert match, f"a condition that this stand-in does not know: {term}"
		field, how = match[1], match[2]
		wanted = re.sub(r"\\(.)", r"\1", match[3]) if match[3] is not None else match[4]
		value = row
		for part in field.split("."):
			value = (value or {}).get(part)
		if isinstance(value, dict):
			value = value.get("value")
		value = str(value).lower() if isinstance(value, bool) else str(value or "")
		if field == "MetaData.LastUpdatedTime":
			value, wanted = datetime.fromisoformat(value), datetime.fromisoformat(wanted)
		return {"=": value == wanted, ">=": value >= wanted, "<=": value <= wanted}[how]

	def _changed(self, names, since):
		moment = datetime.fromisoformat(since)
		if moment < datetime.now(timezone.utc) - timedelta(days=30):
			return self._fault("changedSince is more than 30 days ago", "", "4000")
		parts = []
		for name in names:
			rows = [self._shown(name, row) for row in self.books[name].values() if row["_updated"] >= moment]
			rows += [row["shown"] for row in self.gone if row["name"] == name and row["at"] >= moment]
			if rows:
				parts.append({name: rows[:1000]})
		return answer({"CDCResponse": [{"QueryResponse": parts}], "time": self.clock.isoformat()})

	def _shown(self, name, row):
		shown = {key: copy.deepcopy(value) for key, value in row.items() if not key.startswith("_")}
		if name == "Invoice":
			linked = [
				{"TxnId": payment["Id"], "TxnType": "Payment"}
				for payment in self.books["Payment"].values()
				if any(link["TxnId"] == row["Id"] for line in payment["Line"] for link in line["LinkedTxn"])
			]
			shown["LinkedTxn"] = linked
		return shown

	# ---- writing

	def _stamp(self, row, token=True):
		self.clock = max(datetime.now(timezone.utc), self.clock + timedelta(milliseconds=1))
		row["_updated"] = self.clock
		row["MetaData"] = {"LastUpdatedTime": self.clock.isoformat()}
		if token:
			row["SyncToken"] = str(int(row.get("SyncToken", -1)) + 1)

	def _known(self, name, body):
		"""(the row that is to be changed, what is wrong)."""
		if "Id" not in body:
			return None, None
		row = self.books[name].get(body["Id"])
		if not row:
			return None, self._not_found()
		if body.get("SyncToken") != row["SyncToken"]:
			return None, self._fault(
				"Stale Object Error", "You and somebody else were working on this", "5010"
			)
		return row, None

	def _new_id(self):
		self.count += 1
		return str(self.count)

	def _customer(self, body):
		row, wrong = self._known("Customer", body)
		if wrong:
			return wrong
		for other in self.books["Customer"].values():
			if other is not row and other["DisplayName"] == body["DisplayName"]:
				return self._fault("Duplicate Name Exists Error", "The name supplied already exists.", "6240")
		row = row or {"Id": self._new_id()}
		row.update({key: value for key, value in body.items() if key not in ("Id", "SyncToken", "sparse")})
		self._stamp(row)
		self.books["Customer"][row["Id"]] = row
		return answer({"Customer": self._shown("Customer", row)})

	def _bill(self, name, body):
		row, wrong = self._known(name, body)
		if wrong:
			return wrong
		if self.closed:
			return self._fault("Account Period Closed", "The books are closed up to this day", "6200")
		if len(body["DocNumber"]) > 21:
			return self._fault(
				"String length is either shorter or longer than supported", "DocNumber", "2050"
			)
		for other in self.books[name].values():
			if other is not row and other.get("DocNumber") == body["DocNumber"]:
				detail = f"DocNumber={body['DocNumber']} is assigned to another"
				return self._fault("Duplicate Document Number Error", detail, "6210")
		if body["CustomerRef"]["value"] not in self.books["Customer"]:
			return self._fault("Invalid Reference Id", "CustomerRef", "2500")
		if self._elsewhere(body):
			return self._elsewhere(body)
		net = tax = Decimal(0)
		for line in body["Line"]:
			detail = line["SalesItemLineDetail"]
			worth = (Decimal(str(detail["Qty"])) * Decimal(str(detail["UnitPrice"]))).quantize(
				Decimal("0.01"), ROUND_HALF_UP
			)
			if worth != Decimal(str(line["Amount"])):
				return self._fault(
					"Amount calculation incorrect", "Amount is not equal to UnitPrice * Qty", "6070"
				)
			if detail["ItemRef"]["value"] not in ITEMS or detail["TaxCodeRef"]["value"] not in TAXES:
				return self._fault("Invalid Reference Id", "ItemRef or TaxCodeRef", "2500")
			net += worth
			tax += (worth * TAXES[detail["TaxCodeRef"]["value"]] / 100).quantize(
				Decimal("0.01"), ROUND_HALF_UP
			)
		told = Decimal(str(body.get("TxnTaxDetail", {}).get("TotalTax", tax)))
		if abs(told - tax) <= Decimal("0.01") * len(body["Line"]):
			tax = told
		row = row or {"Id": self._new_id(), "_paid": Decimal(0)}
		row.update({key: value for key, value in body.items() if key not in ("Id", "SyncToken", "sparse")})
		row.update({"TotalAmt": float(net + tax), "TxnTaxDetail": {"TotalTax": float(tax)}})
		self._balance(name, row)
		self._stamp(row)
		self.books[name][row["Id"]] = row
		return answer({name: self._shown(name, row)})

	def _elsewhere(self, body):
		"""A customer has one currency, and everything of his is in it."""
		customer = self.books["Customer"][body["CustomerRef"]["value"]]
		if body["CurrencyRef"] != customer.get("CurrencyRef", {"value": "GBP"}):
			return self._fault(
				"Business Validation Error", "The currency is not that of the customer", "6000"
			)
		return None

	def _balance(self, name, row):
		left = float(Decimal(str(row["TotalAmt"])) - row["_paid"])
		if name != "Estimate":
			row["RemainingCredit" if name == "CreditMemo" else "Balance"] = left

	def _payment(self, body):
		row, wrong = self._known("Payment", body)
		if wrong:
			return wrong
		if self._elsewhere(body):
			return self._elsewhere(body)
		before = row["Line"] if row else []
		self._apply(before, -1)
		used = Decimal(0)
		for line in body["Line"]:
			for link in line["LinkedTxn"]:
				paper = self.books[LINKED[link["TxnType"]]].get(link["TxnId"])
				left = paper and Decimal(str(paper["TotalAmt"])) - paper["_paid"]
				if not paper or Decimal(str(line["Amount"])) > left:
					self._apply(before, 1)
					return self._fault("Business Validation Error", "You can't pay more than is open", "6000")
				used += Decimal(str(line["Amount"])) * (-1 if link["TxnType"] == "CreditMemo" else 1)
		total = Decimal(str(body["TotalAmt"]))
		if used > total:
			self._apply(before, 1)
			return self._fault("Business Validation Error", "The lines are more than the total", "6000")
		row = row or {"Id": self._new_id()}
		row.update({key: value for key, value in body.items() if key not in ("Id", "SyncToken", "sparse")})
		row["UnappliedAmt"] = float(total - used)
		self._apply(row["Line"], 1)
		self._stamp(row)
		self.books["Payment"][row["Id"]] = row
		return answer({"Payment": self._shown("Payment", row)})

	def _apply(self, lines, sign):
		for line in lines:
			for link in line["LinkedTxn"]:
				name = LINKED[link["TxnType"]]
				paper = self.books[name][link["TxnId"]]
				paper["_paid"] += sign * Decimal(str(line["Amount"]))
				if name == "Purchase":
					continue
				self._balance(name, paper)
				# a payment changes when, not which version
				self._stamp(paper, token=False)

	def _purchase(self, body):
		row, wrong = self._known("Purchase", body)
		if wrong:
			return wrong
		if self.closed:
			return self._fault("Account Period Closed", "The books are closed up to this day", "6200")
		if len(body.get("DocNumber", "")) > 21:
			return self._fault("String length is either shorter or longer", "DocNumber", "2050")
		if body["AccountRef"]["value"] not in BANKS:
			return self._fault("Invalid Reference Id", "AccountRef", "2500")
		for line in body["Line"]:
			detail = line[SPENT]
			currency = RECEIVABLES.get(detail["AccountRef"]["value"])
			if not currency:
				continue
			customer = self.books["Customer"].get((detail.get("CustomerRef") or {}).get("value"))
			if not customer:
				return self._fault(
					"Business Validation Error", "Accounts Receivable wants a customer", "6000"
				)
			if body["CurrencyRef"] != customer.get("CurrencyRef", {"value": "GBP"}) or body[
				"CurrencyRef"
			] != {"value": currency}:
				return self._fault("Business Validation Error", "The currency is another", "6000")
		total = sum(Decimal(str(line["Amount"])) for line in body["Line"])
		if row and row["_paid"] > total:
			return self._fault("Business Validation Error", "It is linked to other transactions", "6000")
		row = row or {"Id": self._new_id(), "_paid": Decimal(0)}
		row.update({key: value for key, value in body.items() if key not in ("Id", "SyncToken", "sparse")})
		row["TotalAmt"] = float(total)
		self._stamp(row)
		self.books["Purchase"][row["Id"]] = row
		return answer({"Purchase": self._shown("Purchase", row)})

	def _end(self, name, body, operation):
		row, wrong = self._known(name, body)
		if wrong:
			return wrong
		if name in ("Invoice", "CreditMemo", "Purchase") and row["_paid"] and operation == "delete":
			return self._fault("Business Validation Error", "It is linked to other transactions", "6000")
		if operation == "void":
			for payment in list(self.books["Payment"].values()):
				self._unlink(payment, row["Id"])
			row.update(
				{
					"TotalAmt": 0.0,
					"TxnTaxDetail": {"TotalTax": 0.0},
					"_paid": Decimal(0),
					"PrivateNote": "Voided",
				}
			)
			self._balance(name, row)
			self._stamp(row)
			return answer({name: self._shown(name, row)})
		if name == "Payment":
			self._apply(row["Line"], -1)
		self._stamp(row)
		del self.books[name][row["Id"]]
		shown = {"domain": "QBO", "status": "Deleted", "Id": row["Id"], "MetaData": row["MetaData"]}
		self.gone.append({"name": name, "at": row["_updated"], "shown": shown})
		return answer({name: shown})

	def _unlink(self, payment, ident):
		kept = [line for line in payment["Line"] if all(link["TxnId"] != ident for link in line["LinkedTxn"])]
		if len(kept) != len(payment["Line"]):
			payment["Line"] = kept
			self._stamp(payment)

	# ---- what people do there

	def booked(self, number):
		found = []
		for name, kind in BILLS.items():
			for row in self.books[name].values():
				if row.get("DocNumber") == number:
					total, tax = Decimal(str(row["TotalAmt"])), Decimal(str(row["TxnTaxDetail"]["TotalTax"]))
					voided = row.get("PrivateNote") == "Voided" and not total
					state = "Voided" if voided else "Open"
					found.append(
						Booked(
							number, kind, total - tax, tax, total, total - row["_paid"], state, row["CurrencyRef"]["value"],
							row["CustomerRef"]["value"], len(row["Line"]), Decimal(str(row.get("ExchangeRate", 1))),
						)
					)  # fmt: skip
		return found

	def _row(self, number):
		for name in ("Invoice", "CreditMemo"):
			for row in self.books[name].values():
				if row.get("DocNumber") == number:
					return name, row
		raise KeyError(number)

	def _enter(self, customer, amount, lines, **fields):
		body = {
			"CustomerRef": {"value": customer}, "TotalAmt": float(amount), "TxnDate": self.today, "Line": lines,
			"CurrencyRef": {"value": "GBP"}, "DepositToAccountRef": {"value": "35"}, **fields,
		}  # fmt: skip
		made = self._payment(body)
		assert made.status_code == 200, made.get_data()
		return json.loads(made.get_data())["Payment"]["Id"]

	def pay(self, number, amount, rate=1, **fields):
		with self.lock:
			name, row = self._row(number)
			line = {"Amount": float(amount), "LinkedTxn": [{"TxnId": row["Id"], "TxnType": name}]}
			money = {"CurrencyRef": row["CurrencyRef"], "ExchangeRate": rate}
			return self._enter(row["CustomerRef"]["value"], amount, [line], **money, **fields)

	def spend(self, contact, amount, account="84", payee="Customer", number="", rate=1):
		"""An expense from the bank, as somebody enters it: its id."""
		detail = {"AccountRef": {"value": account}, "CustomerRef": {"value": contact}}
		body = {
			"PaymentType": "Cash", "AccountRef": {"value": self.bank_code}, "EntityRef": {"value": contact, "type": payee},
			"TxnDate": self.today, "CurrencyRef": {"value": RECEIVABLES.get(account, "GBP")}, "ExchangeRate": rate,
			"Line": [{"Amount": float(amount), "DetailType": SPENT, SPENT: detail}],
		}  # fmt: skip
		with self.lock:
			made = self._purchase({**body, "DocNumber": number} if number else body)
			assert made.status_code == 200, made.get_data()
			return json.loads(made.get_data())["Purchase"]["Id"]

	def set_off(self, note, purchase, amount):
		"""A payment of nothing: the expense against the credit memo."""
		with self.lock:
			memo = self._row(note)[1]
			linked = ((purchase, "Expense"), (memo["Id"], "CreditMemo"))
			lines = [
				{"Amount": float(amount), "LinkedTxn": [{"TxnId": ident, "TxnType": kind}]}
				for ident, kind in linked
			]
			return self._enter(memo["CustomerRef"]["value"], 0, lines, CurrencyRef=memo["CurrencyRef"])

	def refund(self, note, amount, rate=1):
		memo = self._row(note)[1]
		account = next(i for i, currency in RECEIVABLES.items() if currency == memo["CurrencyRef"]["value"])
		purchase = self.spend(memo["CustomerRef"]["value"], amount, account, rate=rate)
		self.set_off(note, purchase, amount)
		return purchase

	def remove_expense(self, purchase):
		with self.lock:
			for payment in list(self.books["Payment"].values()):
				if any(link["TxnId"] == purchase for line in payment["Line"] for link in line["LinkedTxn"]):
					self._end("Payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}, "delete")
			row = self.books["Purchase"][purchase]
			made = self._end("Purchase", {"Id": purchase, "SyncToken": row["SyncToken"]}, "delete")
			assert made.status_code == 200, made.get_data()

	def prepay(self, customer, amount, reference):
		with self.lock:
			return self._enter(customer, amount, [], PrivateNote=reference)

	def credit(self, note, number, amount):
		with self.lock:
			memo, row = self._row(note)[1], self._row(number)[1]
			lines = [
				{"Amount": float(amount), "LinkedTxn": [{"TxnId": row["Id"], "TxnType": "Invoice"}]},
				{"Amount": float(amount), "LinkedTxn": [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}]},
			]
			self._enter(row["CustomerRef"]["value"], 0, lines)

	def allocate_money(self, payment, number, amount):
		with self.lock:
			body = copy.deepcopy(self._shown("Payment", self.books["Payment"][payment]))
			body["Line"] = [
				{
					"Amount": float(amount),
					"LinkedTxn": [{"TxnId": self._row(number)[1]["Id"], "TxnType": "Invoice"}],
				}
			]
			assert self._payment(body).status_code == 200

	def change_payment(self, payment, amount):
		with self.lock:
			row = copy.deepcopy(self._shown("Payment", self.books["Payment"][payment]))
			row["TotalAmt"] = row["Line"][0]["Amount"] = float(amount)
			made = self._payment(row)
			assert made.status_code == 200, made.get_data()

	def remove_payment(self, payment):
		with self.lock:
			row = self.books["Payment"][payment]
			made = self._end("Payment", {"Id": payment, "SyncToken": row["SyncToken"]}, "delete")
			assert made.status_code == 200, made.get_data()

	def void(self, number):
		with self.lock:
			name, row = self._row(number)
			assert (
				self._end(name, {"Id": row["Id"], "SyncToken": row["SyncToken"]}, "void").status_code == 200
			)

	def payments(self):
		return [
			{
				"number": p.get("PaymentRefNum", "") or p.get("DocNumber", ""),
				"amount": Decimal(str(p["TotalAmt"])),
				"rate": Decimal(str(p.get("ExchangeRate", 1))),
			}
			for name in ("Payment", "Purchase")
			for p in self.books[name].values()
			if p["TotalAmt"]
		]

	def free_number(self, number):
		"""Somebody gives what has the number another one: a voided invoice keeps it."""
		with self.lock:
			for row in self.books["Invoice"].values():
				if row.get("DocNumber") == number:
					row["DocNumber"] = f"{number}V"[-21:]

	def take_number(self, number, like):
		with self.lock:
			row = {**copy.deepcopy(self._row(like)[1]), "Id": self._new_id(), "DocNumber": number}
			self._stamp(row)
			self.books["Invoice"][row["Id"]] = row

	def webhook(self, *numbers, secret=None):
		return self.told_of("invoice", *(self._row(number)[1]["Id"] for number in numbers), secret=secret)

	def told_of(self, name, *idents, secret=None):
		events = [
			{
				"specversion": "1.0", "id": f"{ident}-{self.clock.isoformat()}", "source": "intuit.stand-in",
				"type": f"qbo.{name}.updated.v1", "datacontenttype": "application/json", "time": self.clock.isoformat(),
				"intuitentityid": ident, "intuitaccountid": REALM, "data": {},
			}
			for ident in idents
		]  # fmt: skip
		return self.signed(json.dumps(events).encode(), secret)

	def old_webhook(self, *numbers):
		"""The form before 2026."""
		entities = [
			{
				"name": "Invoice", "id": self._row(number)[1]["Id"], "operation": "Update",
				"lastUpdated": self.clock.isoformat(),
			}
			for number in numbers
		]  # fmt: skip
		told = {"eventNotifications": [{"realmId": REALM, "dataChangeEvent": {"entities": entities}}]}
		return self.signed(json.dumps(told).encode())

	def signed(self, body, secret=None):
		key = (secret or self.webhook_key).encode()
		signature = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
		return {"intuit-signature": signature}, body
