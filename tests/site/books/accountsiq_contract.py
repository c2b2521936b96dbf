"""The contract of AccountsIQ's Integration 2.0 as far as we use it: names, order, types, what must be there, what may be nil.

Source: the published WSDL of integration_2_0.asmx. In the tables below a field is `Name:type` with `!` where it must be there
and `?` where it must be there and may be nil; types are i(nt), l(ong), h (short), d(ecimal), b(oolean), s(tring), t (dateTime)
or a type of the tables; `Type*` is as many elements of that name as there are. From them come the schema that every request is
held against, and every answer that the stand-in gives.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from lxml import etree

NAMES = "http://www.visorsoftware.com/visor/accountsiq/dashboard/Integration/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
PLAIN = {
	"i": "int",
	"l": "long",
	"h": "short",
	"d": "decimal",
	"b": "boolean",
	"s": "string",
	"t": "dateTime",
}
ZEROES = {"i": "0", "l": "0", "h": "0", "d": "0", "b": "false", "s": "", "t": "0001-01-01T00:00:00"}
ENUMS = {
	"LedgerType": "Sales Purchases Null",
	"InvoiceStatus": "Processed Posted Cancelled",
	"InvoiceType": "Invoice Note Other",
	"OperationStatus": "Success Failure NotCreated Created Conflicted Unknown InProgress",
	"Type": "Unknown SalesInvoice SalesCreditNote SalesDebitJournal SalesReceipt SalesRefund",
}
BASE = """InvoiceID:i! AccountID:i! AreaID:s CurrencyCode:s CurrrencyCode:s AccountTaxCode:s PaymentMethodID:s ShipmentViaID:s
InvoiceNumber:s ExternalReference:s CreationDate:t! InvoiceDate:t! ExternalApproverID:i? DeliveryDate:t! Status:InvoiceStatus!
AccountName:s AccountAddress1:s AccountAddress2:s City:s County_State:s Country:s PostCode:s DeliveryAccountName:s
DeliveryAccountAddress1:s DeliveryAccountAddress2:s DeliveryCity:s DeliveryCounty_State:s DeliveryCountry:s DeliveryPostCode:s
Contact:s AuthorUserID:s Phone:s Notes:s DiscountRate:d! ForCollection:b! ExchangeRate:d! UseAccountTaxCode:b! OrderID:i?
OrderNumber:s DepartmentID:s Hold:h! Ledger:LedgerType! RowVersionNumber:s Lines:ArrayOfInvoiceLine IsPrinted:b!
AccountBranchID:i? OrderDate:t? ExcludeFromPrinting:b! Type:InvoiceType! SalesRepresentativeID:l? LockUser:s NetAmount:d!
TaxAmount:d! GrossAmount:d! BCNetAmount:d! BCTaxAmount:d! BCGrossAmount:d! ForecastedPaymentDate:t? TaxAdjustmentAmount:d!
BCTaxAdjustmentAmount:d! LastModifiedUTC:t? DueDate:t~"""
TRANSACTION = """AccountID:i! AccountCode:s Ledger:LedgerType! TransactionType:s TransactionID:i! IsBatchInvoiceOrNote:b!
InvoiceID:i! InternalNumber:s ExternalReference:s ControlAmount:d! OutstandingAmount:d! ControlBCAmount:d! TransactionDate:t!
FinancialYear:i! PeriodNumber:i! PeriodName:s CreationDate:t!"""
TYPES = {
	"Invoice": f"{BASE} ApprovalStatusName:s AuthorUserName:s ExternalApproverName:s AccountCode:s",
	"CreditNote": BASE,
	"InvoiceLine": """InvoiceItemID:i! InvoiceID:i! OrderItemID:i? StockItemID:s StockItemDescription:s InvoicedQuantity:d!
		DeliveredQuantity:d! StockItemCost:d! StockItemPrice:d! DiscountRate:d! ActualPrice:d! TaxCode:s TaxRate:d! NetAmount:d!
		TaxAmount:d! GrossAmount:d! LocationID:s SublocationID:s CreationDate:t! Notes:s Notes2:s AdditionalCost:b! GLAccountCode:s
		OpeningStockGLAccountCode:s DeliveryItemID:i? DepartmentID:s RowVersionNumber:s ProjectNumber:s""",
	"Customer": """AccountID:i! ExternalApproverID:i? LedgerType:LedgerType! Code:s CountryCode:s Name:s GroupID:s DefaultTaxCode:s
		AreaID:s BankAccountCode:s CountryID:s CreditTermID:s CurrencyCode:s PaymentMethodID:s AuthorUserID:s ShipViaID:s
		CreationDate:t! Address1:s Address2:s City:s County_State:s Country:s PostCode:s DeliveryName:s DeliveryAddress1:s
		DeliveryAddress2:s DeliveryCity:s DeliveryCounty_State:s DeliveryCountry:s DeliveryPostCode:s DeliveryContact:s
		DeliveryPhone:s DeliveryFax:s Phone:s Fax:s Email:s WebAddress:s Contact:s VATRegistrationNumber:s VATExemptReference:s
		DiscountRate:d! UseAccountTaxCode:b! DefaultGLAccountCode:s ControlGLAccountCode:s IsActive:b! Hold:h!
		HeadOfficeAccountID:i? Notes:s UseHeadOffice:b! IsHeadOffice:b! CreditLimit:d! RegionID:s PriorityID:s DeliveryRouteID:s
		PriceCategoryID:s PriceListID:s DepartmentID:s InternationalBankAccountNumber:s BankSortCode:s BankCode:s BankSwiftCode:s
		AccountReferralID:s MobilePhone:s IsFranchise:b! ContractorTaxCode:s RowVersionNumber:s EDICentralID:s EPaymentReference:s
		SalesRepresentativeID:l?""",
	"SalesReceipt": """CustomerCode:s CheckReference:s PaymentAmount:d! BankAccountCode:s LodgmentNumber:s PaymentDate:t!
		ExchangeRate:d! BankExchangeRate:d! Description:s DepartmentID:s""",
	"WSLedgerJournal": """AccountCode:s ExchangeRate:d! ExternalReference:s JournalNumber:s TransactionDate:t!
		Lines:ArrayOfWSLedgerJournalLine""",
	"WSLedgerJournalLine": "GLAccountCode:s Description:s Amount:d! DepartmentID:s BankExchangeRate:d?",
	"WSGetTransactionsByQuery": """FromDate:t! ToDate:t! FromCreationDate:t! ToCreationDate:t! Skip:i! TypesFilter:ArrayOfString
		AccountIDsFilter:ArrayOfInt TransactionIDsFilter:ArrayOfInt DepartmentIDsFilter:ArrayOfString FromPeriodDate:t?
		ToPeriodDate:t? FromDueDate:t~ ToDueDate:t~ ExcludeReconciliationInformation:b!""",
	"WSGetTransactionsByExternalReferenceQuery": """ExternalReference:s FromDate:t! ToDate:t! TypesFilter:ArrayOfString
		AccountIDsFilter:ArrayOfInt TransactionIDsFilter:ArrayOfInt DepartmentIDsFilter:ArrayOfString""",
	"WSGetTransactionChangesBetweenQuery": """FromDate:t! ToDate:t! TypesFilter:ArrayOfString AccountIDsFilter:ArrayOfInt
		DepartmentIDsFilter:ArrayOfString InvoiceIDsFilter:ArrayOfInt TransactionIDsFilter:ArrayOfInt Skip:i!""",
	"WSTransactionSummary": f"""{TRANSACTION} LineDetails:ArrayOfWSTransactionDetail CurrencyCode:s PeriodDate:t! CreatedBy:s
		AccountName:s TransactionBankGLAccountNumber:s IsReversed:b! IsInDispute:b! NumberOfAttachments:i! DueDate:t~""",
	"WSTransactionDetail": """GLAccountCode:s IsControlLine:b! IsTaxLine:b! IsStockLine:b! Amount:d! BCAmount:d! TaxID:s
		DepartmentID:s CurrencyCode:s IsReconciled:b! Description:s TransactionDate:t? PeriodDate:t? DueDate:t~ ExchangeRate:d!""",
	"WSTransactionModification": f"""{TRANSACTION.replace("TransactionID:i!", "CurrencyCode:s TransactionID:i!")}
		LineDetails:ArrayOfWSTransactionModificationDetail""",
	"WSTransactionModificationDetail": """GLAccountCode:s IsControlLine:b! IsTaxLine:b! IsStockLine:b! Amount:d! BCAmount:d! TaxID:s
		DepartmentID:s FieldChanged:s BeforeValue:s AfterValue:s UserID:s ModificationDate:t!""",
	"WSAllocationSummaryDTO": "AccountID:i! AccountCode:s Ledger:LedgerType! Allocations:ArrayOfWSAllocationTransactionDTO",
	"WSAllocationTransactionDTO": """TransactionID:i! TransactionType:s InternalNumber:s ExternalReference:s
		AllocationEntries:ArrayOfWSAllocationEntryDTO AccountID:i? AccountCode:s""",
	"WSAllocationEntryDTO": """AllocatedToTransactionID:i! AllocatedToTransactionType:s AllocatedToInternalNumber:s
		AllocatedToExternalReference:s AllocationAmount:d! AllocationDate:t! AllocationId:i! AllocationUserId:s
		AllocationCreationDate:t! AllocatedToTransactionDate:t! AllocationNumber:i!""",
	"Transaction": "Lines:ArrayOfTransactionLine TransactionType:Type! DueDate:t~",
	"TransactionLine": "TransactionLineID:i! TransactionID:i! AccountID:i? BankID:i? CurrencyCode:s TaxCode:s",
	"StockItem": """StockItemID:s Description:s SalesDescription:s ItemGroupID:s ItemTypeID:s ItemSubgroupID:s DefaultLocationID:s
		DefaultSublocationID:s TaxCode:s ItemPrice:d! UpdateOnHand:b! OpeningStockGLAccountCode:s""",
	"Bank": """GroupOnlinePaymentDuringReconciliation:b! Address1:s Address2:s City:s County:s CountryState:s BankID:i! Code:s
		BankAccountCode:s Name:s CurrencyCode:s""",
	"Tax": "ID:s Code:s Description:s RowVersionNumber:s Rate:d!",
	"WSChartOfAccountLine": "Code:s Description:s AccountType:s IsDepartmental:b! IsActive:b!",
	"Department": "DepartmentID:s Description:s IsActive:b!",
	"WSEntity": "EntityID:s EntityName:s BaseCurrency:s",
	"TokenGetResponse": "AccessToken:s RefreshToken:s",
	"TokenRefreshResponse": "AccessToken:s RefreshToken:s",
	"WSResultStatus": "Status:OperationStatus! ErrorCode:s! ErrorMessage:s HasExpired:b!",
}
# operation: (what is asked, the result's type or nothing, what stands beside the result)
OPERATIONS = {
	"TokenGet": ("clientId:s clientSecret:s", "TokenGetResponse", ""),
	"TokenRefresh": ("clientId:s clientSecret:s refreshToken:s", "TokenRefreshResponse", ""),
	"GetEntitiesByToken": ("", "ArrayOfWSEntity", ""),
	"GetChartOfAccounts": ("token:s", "ArrayOfWSChartOfAccountLine", ""),
	"GetTaxCodeList": ("token:s", "ArrayOfTax", ""),
	"GetBankList": ("token:s", "ArrayOfBank", ""),
	"GetDepartmentList": ("token:s", "ArrayOfDepartment", ""),
	"GetStockItem": ("token:s stockItemID:s", "StockItem", ""),
	"GetCurrencyExchangeRate": ("token:s currencyCode:s", "d", ""),
	"GetCustomer": ("token:s customerCode:s", "Customer", ""),
	"GetNewCustomerFromDefaults": ("token:s", "Customer", ""),
	"UpdateCustomer": ("token:s customer:Customer create:b!", "b", ""),
	"GetNewSalesInvoice": ("token:s customerCode:s", "Invoice", ""),
	"GetNewSalesCreditNote": ("token:s customerCode:s", "CreditNote", ""),
	"SaveInvoiceGetBackInvoiceID": ("token:s invoice:Invoice create:b!", "", "invoiceID"),
	"SaveCreditNoteGetBackCreditNoteID": ("token:s creditNote:CreditNote create:b!", "", "creditNoteID"),
	"GetInvoice": ("token:s invoiceID:i!", "Invoice", ""),
	"GetCreditNote": ("token:s creditNoteID:i!", "CreditNote", ""),
	"PostInvoiceGetBackTransactionID": ("token:s invoiceID:i!", "", "transactionID"),
	"PostCreditNoteGetBackTransactionID": ("token:s creditNoteID:i!", "", "transactionID"),
	"CancelInvoice": ("token:s invoiceID:i! reason:s", "", ""),
	"GetInvoicesByExternalReference": ("token:s externalReference:s", "ArrayOfInvoice", ""),
	"GetCreditNotesByExternalReference": ("token:s externalReference:s", "ArrayOfCreditNote", ""),
	"GetTransactionByInvoiceID": ("token:s invoiceID:i!", "Transaction", ""),
	"SaveSalesReceiptGetBackTransactionID": ("token:s salesReceipt:SalesReceipt", "", "transactionID"),
	"GetNewSalesDebitJournal": ("token:s customerCode:s", "WSLedgerJournal", ""),
	"PostSalesDebitJournalGetBackTransactionID": ("token:s journal:WSLedgerJournal", "", "transactionID"),
	"AllocateTransactions": (
		"token:s transactionID_1:i! transactionID_2:i! allocationReference:s allocationAmount:d! allocationDate:t!", "", "",
	),
	"UnallocateTransactions": ("token:s transactionIDs:ArrayOfInt", "ArrayOfWSResultStatus", ""),
	"GetAllocationsByTransactionId": ("token:s transactionId:s", "ArrayOfWSAllocationTransactionDTO", ""),
	"GetAllocationsBetweenWithCreationDatePaged": (
		"token:s ledger:s fromCreationDate:t! toCreationDate:t! fromAccountCode:s toAccountCode:s skip:i! limit:i!",
		"ArrayOfWSAllocationSummaryDTO", "",
	),
	"GetTransactionsBy": ("token:s query:WSGetTransactionsByQuery", "ArrayOfWSTransactionSummary", ""),
	"GetTransactionsByExternalReference": (
		"token:s query:WSGetTransactionsByExternalReferenceQuery", "ArrayOfWSTransactionSummary", "",
	),
	"GetTransactionChangesBetween": (
		"token:s query:WSGetTransactionChangesBetweenQuery", "ArrayOfWSTransactionModification", "",
	),
}  # fmt: skip
ARRAYS = {"ArrayOfString": ("string", "s"), "ArrayOfInt": ("int", "i")}


def fields(table: str) -> Iterator[tuple[str, str, str]]:
	"""(name, type, mark) of a table: mark is `!`, `?`, `~` (may be left out, may be nil) or nothing."""
	for part in table.split():
		name, kind = part.split(":")
		yield name, kind.rstrip("!?~"), kind[-1] if kind[-1] in "!?~" else ""


def row_of(kind: str) -> tuple[str, str]:
	"""(name, type) of the elements of an array."""
	return ARRAYS.get(kind) or (kind.removeprefix("ArrayOf"), kind.removeprefix("ArrayOf"))


# ---- what is asked ---------------------------------------------------------------------------------------------------


def schema() -> etree.XMLSchema:
	"""Every operation as an element, its types strict: names, order, what must be there, what may be nil."""

	def typed(kind: str) -> str:
		return f"xs:{PLAIN[kind]}" if kind in PLAIN else f"t:{kind}"

	def sequence(table: str) -> str:
		return "<xs:sequence>{}</xs:sequence>".format(
			"".join(
				f'<xs:element name="{name}" type="{typed(kind)}" minOccurs="{int(mark in "!?" and mark != "")}"'
				f' nillable="{str(mark in "?~" and mark != "").lower()}"/>'
				for name, kind, mark in fields(table)
			)
		)

	asked = {name: table for name, (table, *_rest) in OPERATIONS.items()}
	used, open_now = set(), list(asked.values())
	while open_now:
		for _name, kind, _mark in fields(open_now.pop()):
			if kind in used or kind in PLAIN or kind in ENUMS:
				continue
			used.add(kind)
			open_now.append(f"x:{row_of(kind)[1]}" if kind.startswith("ArrayOf") else TYPES[kind])
	parts = []
	for kind in sorted(used):
		if kind.startswith("ArrayOf"):
			name, row = row_of(kind)
			body = f'<xs:sequence><xs:element name="{name}" type="{typed(row)}" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>'
		else:
			body = sequence(TYPES[kind])
		parts.append(f'<xs:complexType name="{kind}">{body}</xs:complexType>')
	for kind, values in ENUMS.items():
		allowed = "".join(f'<xs:enumeration value="{value}"/>' for value in values.split())
		parts.append(
			f'<xs:simpleType name="{kind}"><xs:restriction base="xs:string">{allowed}</xs:restriction></xs:simpleType>'
		)
	parts += [
		f'<xs:element name="{name}"><xs:complexType>{sequence(table)}</xs:complexType></xs:element>'
		for name, table in asked.items()
	]
	return etree.XMLSchema(
		etree.fromstring(
			f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="{NAMES}" targetNamespace="{NAMES}"'
			f' elementFormDefault="qualified">{"".join(parts)}</xs:schema>'
		)
	)


def values(element: etree._Element) -> object:
	"""A request's element as a record, a list of rows, a text or None."""
	name = etree.QName(element).localname
	children = [child for child in element if isinstance(child.tag, str)]
	if name in ("Lines", "transactionIDs") or name.endswith("Filter"):
		return [values(child) for child in children]
	if children:
		return {etree.QName(child).localname: values(child) for child in children}
	return None if element.get(f"{{{INSTANCE}}}nil") == "true" else element.text or ""


# ---- what is answered ------------------------------------------------------------------------------------------------


def answered(operation: str, result: object = None, out: object = None, **status: str) -> bytes:
	"""The whole answer, as the contract has it: fields in order, what must be there filled in."""
	_asked, kind, beside = OPERATIONS[operation]
	if operation.startswith("Token"):
		head = f"<Status>{status.get('Status', 'Success')}</Status>" + "".join(
			f"<{name}>{status[name]}</{name}>" for name in ("ErrorCode", "ErrorMessage") if name in status
		)
		inside = (_element("Result", kind, result) if result else "") + head
	else:
		full = {"Status": "Success", "ErrorCode": "SUCCESS", "HasExpired": "false", **status}
		inside = _fields("WSResultStatus", full) + (
			_element("Result", kind, result) if kind and result is not None else ""
		)
	tail = f"<{beside}>{out or 0}</{beside}>" if beside else ""
	return (
		f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}" xmlns:xsi="{INSTANCE}"><soap:Body>'
		f'<{operation}Response xmlns="{NAMES}"><{operation}Result>{inside}</{operation}Result>{tail}</{operation}Response>'
		"</soap:Body></soap:Envelope>"
	).encode()


def _fields(kind: str, record: Mapping) -> str:
	known = list(fields(TYPES[kind]))
	unknown = set(record) - {name for name, _kind, _mark in known}
	assert not unknown, f"{kind} has no {unknown}"
	made = []
	for name, field, mark in known:
		value = record.get(name)
		if value is None and mark == "?":
			made.append(f'<{name} xsi:nil="true" />')
		elif value is not None:
			made.append(_element(name, field, value))
		elif mark == "!":
			made.append(f"<{name}>{ENUMS[field].split()[0] if field in ENUMS else ZEROES[field]}</{name}>")
	return "".join(made)


def _element(name: str, kind: str, value: object) -> str:
	if kind.startswith("ArrayOf"):
		row, of = row_of(kind)
		return f"<{name}>{''.join(_element(row, of, one) for one in value)}</{name}>"
	if kind in TYPES:
		return f"<{name}>{_fields(kind, value)}</{name}>"
	text = (
		format(value, "f")
		if isinstance(value, Decimal)
		else str(value).lower()
		if isinstance(value, bool)
		else str(value)
	)
	made = etree.Element(name)
	made.text = text
	return etree.tostring(made, encoding="unicode")
