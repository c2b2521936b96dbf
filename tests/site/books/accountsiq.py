"""A stand-in for AccountsIQ. Every request is held against the contract (`accountsiq_contract`) first; beyond it:

- TokenGet by client id and secret, TokenRefresh once per refresh token, both in an AiqSoapHeader with the entity from then on;
  the first argument `token` stays blank; an expired token is HasExpired on HTTP 200 (wiki, authentication2);
- errors are a Status and an ErrorCode on HTTP 200; lists answer in pages from Skip on (wiki, GetTransactionsBy);
- a customer's code is given by the caller, in capitals; nothing new has a RowVersionNumber, and a change has the one that was
  read (wiki, troubleshooting, and Customer);
- a line has an item, a location, a tax code and a general ledger account that are there, and no negative amount; its net is
  quantity × price, its tax net × rate, reckoned there (wiki, InvoiceLine; "Item Invoices" on rounding);
- a document and a receipt have an ExchangeRate, a transaction its amount in its own currency and the company's
  (ControlBCAmount); which way round a rate is quoted, the shell of a new document and GetCurrencyExchangeRate show;
- a saved document counts once it is posted; what is posted cannot be cancelled (wiki, sales; CancelInvoice);
- an external reference may be used twice: it is for looking up (wiki, GetInvoicesByExternalReference);
- a receipt has a customer, a reference, the account at the bank, a positive amount and rates, and a description (wiki, SalesReceipt);
- an allocation is between a debit and a credit (wiki, a-z, "Allocatable Transactions"), at most what is outstanding on either;
- UnallocateTransactions takes all allocations off a transaction. No list of what has changed tells of it: nothing says that
  one does, so the connector has to notice by itself.
"""

import itertools
from datetime import datetime, timedelta, timezone
from decimal import ROUND_DOWN, Decimal

from builders import unique
from frappe.utils import nowdate
from lxml import etree
from werkzeug.wrappers import Response

from books import accountsiq_contract as contract
from books.ledger import Refused
from books.server import ServerWorld
from books.world import Booked
from wholesale_b2b.accounting.rules.amounts import rounded

ENTITY = "NORTHGATE"
SCHEMA = contract.schema()
DEBITS, CREDITS = {"SI", "SP", "SD"}, {"SN", "SR", "SC"}
KINDS = {"SI": "Invoice", "SN": "Credit Note"}
WRITES = ("Save", "Post", "Update", "Cancel", "Allocate", "Unallocate")
ITEM = "SALES"


class AccountsIQWorld(ServerWorld):
	provider = "AccountsIQ"
	create_invoice = r"^POST /SaveInvoiceGetBackInvoiceID$"
	create_payment = r"^POST /SaveSalesReceiptGetBackTransactionID$"
	tax_code, no_tax_code = "S20", "Z0"
	bank_code, sales_code, freight_code, rounding_code = "1200", "4000", "4100", "7900"
	bank_number = "55779911"
	client, key = "aiq-client-0001", "aiq-client-secret-0001"
	# rows of a page
	page = 3
	# the sales ledger's period is closed; tax is reckoned otherwise than halves upwards
	closed, rounds_down = False, False

	def begin(self):
		self.customers: dict[str, dict] = {}
		self.documents: dict[str, dict] = {}
		self.transactions: dict[str, dict] = {}
		self.gone: dict[str, dict] = {}
		self.allocations: list[dict] = []
		self.modified: list[dict] = []
		self.numbers = itertools.count(1001)
		self.clock = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
		self.good, self.today = True, nowdate()
		self.refresh_token = ""

	def access(self):
		return {
			"tenant_id": ENTITY, "login": self.client, "api_key": self.key, "region": "uk1", "default_item": ITEM,
			"base_url": f"{self.url}/system/dashboard/integration/integration_2_0.asmx",
		}  # fmt: skip

	# ---- being let in

	def name_of(self, request):
		return "/" + request.headers.get("SOAPAction", "").strip('"').rpartition("/")[2]

	def is_login(self, request):
		self.parsed(request)
		return self.name_of(request).startswith("/Token")

	def token(self, request):
		operation, asked, _head = self.parsed(request)
		good = self.good and (asked.get("clientId"), asked.get("clientSecret")) == (self.client, self.key)
		if operation == "TokenRefresh":
			good = good and bool(self.refresh_token) and asked.get("refreshToken") == self.refresh_token
		if not good:
			return self.said(operation, Status="Failure", ErrorCode="OAUTHCONFIGURATION_INVALID_TOKEN")
		self.refreshed += 1
		access, self.refresh_token = unique("access"), unique("refresh")
		self.access_tokens = {access}
		return self.said(operation, {"AccessToken": access, "RefreshToken": self.refresh_token})

	def let_in(self, request):
		_operation, _asked, head = self.parsed(request)
		return head.get("AccessToken") in self.access_tokens

	def unauthorised(self):
		return Response(self.expired, 200, content_type="text/xml")

	def revoke(self):
		self.good = False
		self.access_tokens.clear()
		self.refresh_token = ""

	def allow(self):
		self.good = True

	def secrets(self):
		return [self.key, self.refresh_token, *self.access_tokens]

	def writes(self):
		return [call for call in self.calls if call.path.strip("/").startswith(WRITES)]

	# ---- calls

	def parsed(self, request):
		root = etree.fromstring(request.get_data())
		body = root.find(f"{{{contract.SOAP}}}Body")[0]
		head = root.find(f"{{{contract.SOAP}}}Header/{{{contract.NAMES}}}AiqSoapHeader")
		operation = etree.QName(body).localname
		self.expired = (
			contract.answered(operation, Status="Failure", ErrorCode="UNKNOWN", HasExpired="true")
			if (not operation.startswith("Token"))
			else b""
		)
		return operation, contract.values(body) or {}, contract.values(head) if head is not None else {}

	def contract(self, request):
		if not request.content_type.startswith("text/xml"):
			return "SOAP 1.1 is text/xml"
		root = etree.fromstring(request.get_data())
		body = root.find(f"{{{contract.SOAP}}}Body")[0]
		operation, asked, head = self.parsed(request)
		if self.name_of(request) != f"/{operation}":
			return f"SOAPAction is {self.name_of(request)}"
		if set(head) != {"AccessToken", "Entity"}:
			return f"AiqSoapHeader has {set(head)}"
		if asked and asked.get("token") != "":
			return "the token argument is left blank"
		return "" if SCHEMA.validate(body) else str(SCHEMA.error_log.last_error)

	def route(self, request, body):
		operation, asked, head = self.parsed(request)
		try:
			if head["Entity"] != ENTITY and operation != "GetEntitiesByToken":
				raise Refused("The entity is not one of yours", "API_LAYER_ENTITY_ID_NOT_FOUND")
			result, out = getattr(self, f"do_{operation}")(**{k: v for k, v in asked.items() if k != "token"})
			return self.said(operation, result, out)
		except Refused as refused:
			return self.said(
				operation, Status="Failure", ErrorCode=refused.kind, ErrorMessage=refused.message
			)

	def said(self, operation, result=None, out=None, **status):
		return Response(
			contract.answered(operation, result, out, **status), content_type="text/xml; charset=utf-8"
		)

	def now(self):
		"""Each moment is later than the one before."""
		self.clock = max(
			datetime.now(timezone.utc).replace(tzinfo=None), self.clock + timedelta(milliseconds=1)
		)
		return self.clock.isoformat(timespec="milliseconds")

	# ---- lists

	def do_GetEntitiesByToken(self):
		return [{"EntityID": ENTITY, "EntityName": "Northgate", "BaseCurrency": "GBP"}], None

	def do_GetChartOfAccounts(self):
		codes = (self.sales_code, self.freight_code, self.rounding_code)
		return [{"Code": code, "Description": f"Account {code}", "IsActive": True} for code in codes], None

	def do_GetTaxCodeList(self):
		return [
			{"ID": code, "Code": code, "Description": code, "Rate": rate}
			for code, rate in ((self.tax_code, Decimal("0.2")), (self.no_tax_code, Decimal(0)))
		], None

	def do_GetBankList(self):
		bank = {
			"BankID": 1,
			"Code": self.bank_code,
			"BankAccountCode": self.bank_number,
			"Name": "Current",
			"CurrencyCode": "GBP",
		}
		return [bank], None

	def do_GetDepartmentList(self):
		return [], None

	def do_GetCurrencyExchangeRate(self, currencyCode):
		return self.quote(currencyCode), None

	def quote(self, currency):
		"""So much of it is one of the company's."""
		return Decimal(1) if currency == "GBP" else Decimal("1.25")

	def do_GetStockItem(self, stockItemID):
		if stockItemID != ITEM:
			raise Refused("There is no such item", "STOCKITEM_ID_DOES_NOT_EXIST")
		return {
			"StockItemID": ITEM,
			"DefaultLocationID": "MAIN",
			"DefaultSublocationID": "A",
			"OpeningStockGLAccountCode": "5000",
		}, None

	# ---- customers

	def customer(self, code):
		if code not in self.customers:
			raise Refused("There is no such customer", "CUSTOMER_CODE_DOES_NOT_EXIST")
		return self.customers[code]

	def do_GetCustomer(self, customerCode):
		return self.customer(customerCode), None

	def do_GetNewCustomerFromDefaults(self):
		return {
			"CurrencyCode": "GBP",
			"IsActive": True,
			"BankCode": self.bank_code,
			"AreaID": "DEFAULT",
		}, None

	def do_UpdateCustomer(self, customer, create):
		code = customer.get("Code") or ""
		if not code or code != code.upper():
			raise Refused("The code is not in capitals", "ACCOUNT_CODE_IS_NOT_UPPERCASE")
		if not customer.get("Name") or len(customer["Name"]) > 50:
			raise Refused("The name is missing or too long", "ACCOUNT_NAME_IS_TOO_LONG")
		before = self.customers.get(code)
		if (create == "true") == bool(before):
			raise Refused("The customer is there already, or is not", "CUSTOMER_CODE_DOES_NOT_EXIST")
		if customer.get("RowVersionNumber") != (before or {}).get("RowVersionNumber"):
			raise Refused("The record is outdated", "OUTDATED_RECORD")
		self.customers[code] = {**customer, "RowVersionNumber": unique("row")}
		return True, None

	# ---- documents: saved, then posted

	def shell(self, customer, kind):
		account = self.customer(customer)
		currency = account.get("CurrencyCode", "GBP")
		return {
			"AccountName": account["Name"], "CurrencyCode": currency, "ExchangeRate": self.quote(currency),
			"CreationDate": self.now(), "InvoiceDate": f"{self.today}T00:00:00", "DeliveryDate": f"{self.today}T00:00:00",
			"Status": "Processed", "Ledger": "Sales", "Type": kind, "UseAccountTaxCode": True, "InvoiceNumber": "AUTO",
			"AccountID": list(self.customers).index(customer) + 1,
		}, None  # fmt: skip

	def do_GetNewSalesInvoice(self, customerCode):
		made, _out = self.shell(customerCode, "Invoice")
		return {**made, "AccountCode": customerCode}, None

	def do_GetNewSalesCreditNote(self, customerCode):
		return self.shell(customerCode, "Note")

	def save(self, kind, values, create):
		if create != "true" or values.get("RowVersionNumber") or values.get("AuthorUserID"):
			raise Refused("Something new has no row version and no author", "OUTDATED_RECORD")
		if values.get("CurrencyCode") not in ("GBP", "USD", "EUR"):
			raise Refused("The currency is not known", "CURRENCY_CODE_DOES_NOT_EXIST")
		if not values.get("InvoiceNumber") or not values.get("Lines"):
			raise Refused("There is no number, or no line", "INVOICE_NUMBER_IS_EMPTY")
		lines = [self.line(row) for row in values["Lines"]]
		net, tax = (sum((line[name] for line in lines), Decimal(0)) for name in ("NetAmount", "TaxAmount"))
		ident = str(next(self.numbers))
		code = list(self.customers)[int(values["AccountID"]) - 1]
		self.documents[ident] = {
			**values, "InvoiceID": ident, "Lines": lines, "NetAmount": net, "TaxAmount": tax, "GrossAmount": net + tax,
			"Status": "Processed", "kind": kind, "code": code,
		}  # fmt: skip
		return None, ident

	def line(self, row):
		codes = (self.sales_code, self.freight_code, self.rounding_code)
		for wrong, code in (
			(row.get("StockItemID") != ITEM, "STOCKITEM_ID_DOES_NOT_EXIST"),
			(not row.get("LocationID"), "LOCATION_ID_IS_EMPTY"),
			(row.get("GLAccountCode") not in codes, "GLACCOUNT_CODE_DOES_NOT_EXIST"),
			(row.get("TaxCode") not in (self.tax_code, self.no_tax_code), "TAX_CODE_DOES_NOT_EXIST"),
			(
				any(
					Decimal(row[name]) < 0
					for name in ("NetAmount", "ActualPrice", "InvoicedQuantity", "TaxRate")
				),
				"INVOICE_LINE_NEGATIVE",
			),
			(Decimal(row["TaxRate"]) > 1, "TAX_RATE_IS_MORE_THAN_100_PERCENT"),
			(
				Decimal(row["DeliveredQuantity"]) < Decimal(row["InvoicedQuantity"]),
				"DELIVERY_QUANTITY_IS_NEGATIVE_OR_ZERO",
			),
			(row.get("DepartmentID") == "", "DEPARTMENT_ID_IS_EMPTY"),
		):
			if wrong:
				raise Refused(f"A line of {row.get('GLAccountCode')} is not taken", code)
		net = rounded(Decimal(row["InvoicedQuantity"]) * Decimal(row["ActualPrice"]))
		tax = net * Decimal(row["TaxRate"])
		tax = tax.quantize(Decimal("0.01"), ROUND_DOWN) if self.rounds_down else rounded(tax)
		return {**row, "NetAmount": net, "TaxAmount": tax, "GrossAmount": net + tax}

	def do_SaveInvoiceGetBackInvoiceID(self, invoice, create):
		return self.save("SI", invoice, create)

	def do_SaveCreditNoteGetBackCreditNoteID(self, creditNote, create):
		return self.save("SN", creditNote, create)

	def document(self, ident, kind):
		found = self.documents.get(ident)
		if not found or found["kind"] != kind:
			raise Refused("There is no such document", "INVOICE_ID_DOES_NOT_EXIST")
		return found

	def shown(self, found):
		made = {name: value for name, value in found.items() if name not in ("kind", "code", "transaction")}
		return {**made, "AccountCode": found["code"]} if found["kind"] == "SI" else made

	def do_GetInvoice(self, invoiceID):
		return self.shown(self.document(invoiceID, "SI")), None

	def do_GetCreditNote(self, creditNoteID):
		return self.shown(self.document(creditNoteID, "SN")), None

	def post(self, ident, kind):
		found = self.document(ident, kind)
		if found["Status"] != "Processed":
			raise Refused("It is posted or cancelled", "INVOICE_IS_ALREADY_POSTED")
		if self.closed:
			raise Refused("The period of the sales ledger is closed", "PERIOD_IS_CLOSED_FOR_SALES_LEDGER")
		found["Status"] = "Posted"
		made = self.transact(
			kind, found["code"], found["GrossAmount"], found["InvoiceDate"], found["ExternalReference"],
			CurrencyCode=found["CurrencyCode"], rate=1 / Decimal(found["ExchangeRate"]), InvoiceID=ident, tax=found["TaxAmount"], lines=len(found["Lines"]),
		)  # fmt: skip
		found["transaction"] = made["TransactionID"]
		return None, made["TransactionID"]

	def do_PostInvoiceGetBackTransactionID(self, invoiceID):
		return self.post(invoiceID, "SI")

	def do_PostCreditNoteGetBackTransactionID(self, creditNoteID):
		return self.post(creditNoteID, "SN")

	def do_CancelInvoice(self, invoiceID, reason=""):
		found = self.documents.get(invoiceID)
		if not found or found["Status"] != "Processed":
			raise Refused("Only what is not posted can be cancelled", "INVOICE_IS_ALREADY_POSTED")
		found["Status"] = "Cancelled"
		return None, None

	def by_reference(self, reference, kind):
		return [
			self.shown(row)
			for row in self.documents.values()
			if row["kind"] == kind and row["ExternalReference"] == reference
		], None

	def do_GetInvoicesByExternalReference(self, externalReference):
		return self.by_reference(externalReference, "SI")

	def do_GetCreditNotesByExternalReference(self, externalReference):
		return self.by_reference(externalReference, "SN")

	def do_GetTransactionByInvoiceID(self, invoiceID):
		found = self.documents.get(invoiceID) or {}
		if not found.get("transaction"):
			raise Refused("It is not posted", "TRANSACTION_DOES_NOT_EXIST")
		return {
			"Lines": [{"TransactionLineID": 1, "TransactionID": found["transaction"]}],
			"TransactionType": "SalesInvoice",
		}, None

	# ---- transactions and allocations

	def transact(self, kind, customer, amount, day, reference, **more):
		amount = Decimal(str(amount))
		made = {
			"TransactionID": str(next(self.numbers)), "TransactionType": kind, "AccountCode": customer, "amount": amount,
			"TransactionDate": day, "ExternalReference": reference, "CreationDate": self.now(),
			"CurrencyCode": self.customer(customer).get("CurrencyCode", "GBP"), "rate": Decimal(1), "InvoiceID": "0", "tax": Decimal(0), "reversed": False, "bank": "", "texts": [], "lines": 0, **more,
		}  # fmt: skip
		self.transactions[made["TransactionID"]] = made
		return made

	def used(self, ident):
		return sum((row["amount"] for row in self.allocations if ident in row["of"]), Decimal(0))

	def left(self, row):
		return Decimal(0) if row["reversed"] else row["amount"] - self.used(row["TransactionID"])

	def do_SaveSalesReceiptGetBackTransactionID(self, salesReceipt):
		values = salesReceipt
		self.customer(values.get("CustomerCode"))
		if values.get("BankAccountCode") != self.bank_number:
			raise Refused("There is no such bank account", "BANK_ACCOUNT_DOES_NOT_EXIST")
		if not values.get("CheckReference") or not values.get("Description"):
			raise Refused("The reference or the description is missing", "RECEIPT_CHECK_REFERENCE_IS_EMPTY")
		if min(Decimal(values[name]) for name in ("PaymentAmount", "ExchangeRate", "BankExchangeRate")) <= 0:
			raise Refused("The amount or a rate is not positive", "RECEIPT_AMOUNT_IS_NEGATIVE_OR_ZERO")
		made = self.transact(
			"SR", values["CustomerCode"], values["PaymentAmount"], values["PaymentDate"], values["CheckReference"],
			bank=self.bank_code, texts=[values["Description"]], rate=1 / Decimal(values["ExchangeRate"]),
		)  # fmt: skip
		return None, made["TransactionID"]

	def do_GetNewSalesDebitJournal(self, customerCode):
		self.customer(customerCode)
		return {
			"AccountCode": customerCode,
			"ExchangeRate": Decimal(1),
			"JournalNumber": "SDJ-1",
			"TransactionDate": self.now(),
		}, None

	def do_PostSalesDebitJournalGetBackTransactionID(self, journal):
		self.customer(journal["AccountCode"])
		(line,) = journal["Lines"]
		if line["GLAccountCode"] != self.bank_code:
			raise Refused("There is no such account", "GLACCOUNT_CODE_DOES_NOT_EXIST")
		made = self.transact(
			"SD",
			journal["AccountCode"],
			line["Amount"],
			journal["TransactionDate"],
			journal["ExternalReference"],
		)
		return None, made["TransactionID"]

	def do_AllocateTransactions(
		self, transactionID_1, transactionID_2, allocationReference, allocationAmount, allocationDate
	):
		self.put_allocation(transactionID_1, transactionID_2, Decimal(allocationAmount))
		return None, None

	def put_allocation(self, one, other, amount):
		rows = [self.transactions.get(ident) for ident in (one, other)]
		if None in rows or any(row["reversed"] for row in rows):
			raise Refused("There is no such transaction", "TRANSACTION_ID_DOES_NOT_EXIST")
		kinds = {row["TransactionType"] for row in rows}
		if not (kinds & DEBITS and kinds & CREDITS) or len({row["AccountCode"] for row in rows}) > 1:
			raise Refused("They cannot be matched", "TRANSACTION_CANNOT_BE_ALLOCATED_INCOMPATIBLE_TYPES")
		if amount <= 0 or any(amount > self.left(row) for row in rows):
			raise Refused(
				"It is more than what is outstanding",
				"TRANSACTION_CANNOT_ALLOCATE_MORE_THAN_OUTSTANSING_AMOUNT",
			)
		self.allocations.append(
			{"id": next(self.numbers), "of": (one, other), "amount": amount, "at": self.now()}
		)

	def do_UnallocateTransactions(self, transactionIDs):
		for ident in transactionIDs:
			self.unallocate(ident)
		return [{"Status": "Success", "ErrorCode": "SUCCESS"} for _ident in transactionIDs], None

	def unallocate(self, ident):
		self.allocations = [row for row in self.allocations if ident not in row["of"]]

	def entry(self, row, ident):
		other = self.transactions[next(one for one in row["of"] if one != ident)]
		return {
			"AllocatedToTransactionID": other["TransactionID"], "AllocatedToTransactionType": other["TransactionType"],
			"AllocatedToExternalReference": other["ExternalReference"], "AllocationAmount": row["amount"],
			"AllocationDate": row["at"], "AllocationId": row["id"], "AllocationCreationDate": row["at"],
			"AllocatedToTransactionDate": other["TransactionDate"],
		}  # fmt: skip

	def allocated(self, ident, rows):
		mine = self.transactions[ident]
		return {
			"TransactionID": ident, "TransactionType": mine["TransactionType"], "ExternalReference": mine["ExternalReference"],
			"AllocationEntries": [self.entry(row, ident) for row in rows], "AccountCode": mine["AccountCode"],
		}  # fmt: skip

	def do_GetAllocationsByTransactionId(self, transactionId):
		rows = [row for row in self.allocations if transactionId in row["of"]]
		return [self.allocated(transactionId, rows)] if rows else [], None

	def do_GetAllocationsBetweenWithCreationDatePaged(
		self, ledger, fromCreationDate, toCreationDate, fromAccountCode, toAccountCode, skip, limit
	):
		rows = [row for row in self.allocations if fromCreationDate <= row["at"] <= toCreationDate]
		part = rows[int(skip) : int(skip) + int(limit)] if ledger == "Sales" else []
		# from the debit's side: what was paid, and by what
		found = [
			self.allocated(
				next(one for one in row["of"] if self.transactions[one]["TransactionType"] in DEBITS), [row]
			)
			for row in part
		]
		return [{"AccountID": 1, "Ledger": "Sales", "Allocations": [one]} for one in found], None

	def summary(self, row, **more):
		sign = 1 if row["TransactionType"] in DEBITS else -1
		same = (
			"TransactionID", "TransactionType", "AccountCode", "TransactionDate", "ExternalReference", "CreationDate", "CurrencyCode",
			"InvoiceID",
		)  # fmt: skip
		return {
			**{name: row[name] for name in same}, "ControlAmount": sign * row["amount"], "OutstandingAmount": sign * self.left(row),
			"ControlBCAmount": sign * rounded(row["amount"] * row["rate"]), "Ledger": "Sales", **more,
		}  # fmt: skip

	def whole(self, row):
		lines = [
			{"IsControlLine": True, "Amount": row["amount"], "Description": text}
			for text in row["texts"] or [""]
		]
		if row["tax"]:
			lines.append({"IsTaxLine": True, "Amount": -row["tax"]})
		return self.summary(
			row,
			LineDetails=lines,
			IsReversed=row["reversed"],
			TransactionBankGLAccountNumber=row["bank"] or None,
		)

	def do_GetTransactionsBy(self, query):
		rows = [
			row for row in self.transactions.values()
			if query["FromDate"] <= row["TransactionDate"] <= query["ToDate"]
			and query["FromCreationDate"] <= row["CreationDate"] <= query["ToCreationDate"]
			and row["TransactionType"] in (query.get("TypesFilter") or [row["TransactionType"]])
			and row["TransactionID"] in (query.get("TransactionIDsFilter") or [row["TransactionID"]])
		]  # fmt: skip
		skip = int(query["Skip"])
		return [self.whole(row) for row in rows[skip : skip + self.page]], None

	def do_GetTransactionsByExternalReference(self, query):
		return [
			self.whole(row) for row in self.transactions.values()
			if row["ExternalReference"] == query["ExternalReference"] and row["TransactionType"] in query["TypesFilter"]
		], None  # fmt: skip

	def do_GetTransactionChangesBetween(self, query):
		rows = [row for row in self.modified if query["FromDate"] <= row["at"] <= query["ToDate"]]
		skip = int(query["Skip"])
		found = []
		for row in rows[skip : skip + self.page]:
			line = {"FieldChanged": row["what"], "ModificationDate": row["at"]}
			found.append(
				self.summary(self.transactions.get(row["id"]) or self.gone[row["id"]], LineDetails=[line])
			)
		return found, None

	def change(self, ident, what):
		self.modified.append({"id": ident, "what": what, "at": self.now()})

	# ---- what people do there

	def standing(self, number):
		"""The posted invoice or credit note of this number."""
		return next(
			row for row in self.transactions.values()
			if row["ExternalReference"] == number and row["TransactionType"] in KINDS and not row["reversed"]
		)  # fmt: skip

	def booked(self, number):
		found = []
		for row in self.documents.values():
			if row["ExternalReference"] != number:
				continue
			made = self.transactions.get(row.get("transaction", ""))
			undone = made and any(
				one["ExternalReference"] == f"CANCEL-{made['TransactionID']}"
				for one in self.transactions.values()
			)
			state = (
				"Voided"
				if row["Status"] == "Cancelled" or (made and made["reversed"])
				else "Credited"
				if undone
				else "Open"
			)
			kind = KINDS[row["kind"]] if "not to be posted" not in (row.get("Notes") or "") else "Pro Forma"
			found.append(
				Booked(
					number,
					kind,
					row["NetAmount"],
					row["TaxAmount"],
					row["GrossAmount"],
					self.left(made) if made else row["GrossAmount"],
					state,
					row["CurrencyCode"],
					row["code"],
					len(row["Lines"]),
					1 / Decimal(row["ExchangeRate"]),
				)
			)
		return found

	def receive(self, customer, amount, reference="BACS", rate=1):
		day = f"{self.today}T00:00:00"
		return self.transact(
			"SR",
			customer,
			amount,
			day,
			reference,
			bank=self.bank_code,
			texts=["Received"],
			rate=Decimal(str(rate)),
		)["TransactionID"]

	def pay(self, number, amount, rate=1, **fields):
		with self.lock:
			row = self.standing(number)
			made = self.receive(row["AccountCode"], amount, rate=rate)
			self.put_allocation(made, row["TransactionID"], Decimal(str(amount)))
			return made

	def prepay(self, customer, amount, reference):
		with self.lock:
			return self.receive(customer, amount, reference)

	def refund(self, note, amount):
		"""A refund of a credit note, paid from the bank."""
		with self.lock:
			row = self.standing(note)
			made = self.transact(
				"SP",
				row["AccountCode"],
				amount,
				f"{self.today}T00:00:00",
				"REFUND",
				bank=self.bank_code,
				texts=["Refunded"],
			)
			self.put_allocation(made["TransactionID"], row["TransactionID"], Decimal(str(amount)))

	def take_back(self, ident):
		"""All allocations are taken off it; no list tells of that."""
		with self.lock:
			self.unallocate(ident)

	def allocate_money(self, payment, number, amount):
		with self.lock:
			self.put_allocation(payment, self.standing(number)["TransactionID"], Decimal(str(amount)))

	def credit(self, note, number, amount):
		self.allocate_money(self.standing(note)["TransactionID"], number, amount)

	def change_payment(self, payment, amount):
		"""Its amount is put right, and its allocation with it."""
		with self.lock:
			row, part = self.transactions[payment], Decimal(str(amount))
			of = next(
				one
				for mine in self.allocations
				if payment in mine["of"]
				for one in mine["of"]
				if one != payment
			)
			self.unallocate(payment)
			row["amount"] = part
			self.put_allocation(payment, of, part)
			self.change(payment, "Amount")

	def remove_payment(self, payment):
		with self.lock:
			self.unallocate(payment)
			self.gone[payment] = self.transactions.pop(payment)
			self.change(payment, "Deleted")

	def void(self, number):
		with self.lock:
			row = self.standing(number)
			row["reversed"] = True
			self.change(row["TransactionID"], "Reversed")

	def payments(self):
		undone = {row["ExternalReference"] for row in self.transactions.values()}
		return [
			{"number": row["ExternalReference"], "amount": row["amount"], "rate": row["rate"]}
			for row in self.transactions.values()
			if row["TransactionType"] == "SR"
			and not row["reversed"]
			and f"CANCEL-{row['TransactionID']}" not in undone
		]

	def take_number(self, number, like):
		with self.lock:
			row = next(row for row in self.documents.values() if row["ExternalReference"] == like)
			ident = str(next(self.numbers))
			self.documents[ident] = {
				**row,
				"InvoiceID": ident,
				"ExternalReference": number,
				"Status": "Processed",
			}
			self.post(ident, row["kind"])
