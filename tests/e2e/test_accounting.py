"""A person who does the books: connects a package, maps, tries dry, goes live, mends what is refused, decides, reconciles."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import CHANGED_PRICE, RESULTS, SITE, from_menu
from tools import paths

PHONE = {"width": 390, "height": 844}
COMPANY = "Northgate Wholesale Ltd"
FINANCE = {"user": "finance@northgate.example", "password": "northgate-books"}
SERVICE = "GIFT-WRAPPING"
numbers = itertools.count(1)


class StandIn:
	"""A package on the loopback interface: `StandIn("Xero").pay(number, 10)` does what somebody does over there."""

	def __init__(self, provider: str):
		self.log = (RESULTS / "books.log").open("wb")
		self.process = subprocess.Popen(
			[str(paths.PYTHON), "-m", "tests.e2e.books_stand_in", SITE, provider],
			cwd=paths.ROOT,
			env=paths.environment(PYTHONWARNINGS="ignore"),
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
			stderr=self.log,
			text=True,
		)
		self.access = self._answer()

	def _answer(self):
		line = self.process.stdout.readline()
		assert line, (RESULTS / "books.log").read_text()[-2000:]
		return json.loads(line)

	def __getattr__(self, name):
		def ask(*values):
			self.process.stdin.write(json.dumps({"do": name, "with": values}) + "\n")
			self.process.stdin.flush()
			return self._answer()

		return ask

	def close(self) -> None:
		self.process.stdin.close()
		self.process.wait(30)
		self.log.close()


@pytest.fixture(scope="module")
def books(server):
	world = StandIn("Xero")
	yield world
	world.close()
	assert world.process.returncode == 0, (RESULTS / "books.log").read_text()[-2000:]


@pytest.fixture
def finance(api, logins, login):
	"""Signs in somebody who may do the books."""
	if not api.names("User", name=FINANCE["user"]):
		api.make(
			"User",
			email=FINANCE["user"],
			first_name="Ines",
			last_name="Ledger",
			send_welcome_email=0,
			new_password=FINANCE["password"],
			roles=[{"role": role} for role in ("Accounts Manager", "Accounts User")],
		)
	logins["finance"] = FINANCE
	return login("finance")


@pytest.fixture
def invoice(api):
	"""`invoice(5, customer="Harbour Gifts Ltd")` submits a Sales Invoice of so many wrappings at 10; its name."""
	if not api.names("Item", name=SERVICE):
		api.make(
			"Item",
			item_code=SERVICE,
			item_name="Gift Wrapping",
			item_group="Services",
			stock_uom="Nos",
			is_stock_item=0,
		)

	def make(qty, customer="Harbour Gifts Ltd"):
		row = {"item_code": SERVICE, "qty": qty, "rate": 10, **CHANGED_PRICE}
		doc = api.make("Sales Invoice", customer=customer, company=COMPANY, items=[row])
		return api.submit(doc)["name"]

	return make


@pytest.fixture
def off(api):
	"""Other tests' documents go nowhere, before and afterwards."""

	def switch_off():
		for name in api.names("Accounting Connection", enabled=1):
			api.call(
				"frappe.client.set_value",
				doctype="Accounting Connection",
				name=name,
				fieldname="enabled",
				value=0,
			)

	switch_off()
	yield
	switch_off()


@pytest.fixture
def connection(api, books, off):
	"""A connection that is on, with all that is used here mapped; `connection(income="999")` with another code."""

	def make(income="200"):
		used = api.get("Company", COMPANY)
		doc = api.make(
			"Accounting Connection",
			title=f"Books {next(numbers)}",
			provider="Xero",
			company=COMPANY,
			enabled=1,
			go_live=time.strftime("%Y-%m-%d"),
			no_tax_code="NONE",
			rounding_account="860",
			mappings=[mapping("Income Account", used["default_income_account"], income)],
			**books.access,
		)
		rows = missing(api, doc["name"])
		for kind, name in rows:
			if kind in CODES:
				doc["mappings"].append(mapping(kind, name, CODES[kind]))
		return api.call("frappe.client.save", doc=doc)["name"]

	return make


CODES = {
	"Income Account": "200",
	"Bank Account": "090",
	"Tax Template": "OUTPUT2",
	"Item Tax Template": "OUTPUT2",
	"Tax Account": "OUTPUT2",
}
DOORS = "wholesale_b2b.wholesale_b2b.doctype.accounting_connection.accounting_connection"


def missing(api, name):
	return [(row["kind"], row["name"]) for row in api.call(f"{DOORS}.overview", name=name)["missing"]]


def mapping(kind, document, code):
	of = {"Tax Template": "Sales Taxes and Charges Template", "Item Tax Template": "Item Tax Template"}
	return {"kind": kind, "document_type": of.get(kind, "Account"), "document": document, "code": code}


def wait(ask, wanted, seconds=240):
	"""What `ask()` answers, once `wanted` holds of it. The worker may have much to do on a site that has just been made."""
	deadline = time.monotonic() + seconds
	while not wanted(found := ask()):
		assert time.monotonic() < deadline, found
		time.sleep(0.3)
	return found


def statuses(api, connection, **filters):
	names = api.names("Sync Message", accounting_connection=connection, **filters)
	return [api.get("Sync Message", name)["status"] for name in names]


def phone(page):
	"""The same page as it opens on a phone."""
	page.set_viewport_size(PHONE)
	page.reload()
	page.wait_for_load_state("networkidle")
	page.wait_for_timeout(500)


def list_action(page, label):
	page.locator(".actions-btn-group button").click()
	page.locator(".actions-btn-group .dropdown-menu").get_by_text(label, exact=True).click()


def test_a_package_is_connected_mapped_tried_dry_and_goes_live(
	finance, page, api, shot, books, invoice, off
) -> None:
	number = invoice(2)
	title = f"Xero {next(numbers)}"
	page.goto("/app/accounting-connection/new")
	page.wait_for_function(
		"window.cur_frm && cur_frm.is_new() && cur_frm.doctype === 'Accounting Connection'"
	)
	page.evaluate(
		"""async ([title, company, access]) => {
			await cur_frm.set_value({ title, company, provider: "Xero", go_live: frappe.datetime.get_today(), dry_run: 1 });
			await cur_frm.set_value("connected_app", access.connected_app);
		}""",
		[title, COMPANY, books.access],
	)
	expect(page.locator("[data-fieldname=webhook_key]").first).to_be_visible()
	page.get_by_role("button", name="Save", exact=True).click()
	page.wait_for_url(re.compile("accounting-connection/Xero"))
	box = page.locator("[data-fieldname=missing_html]")
	expect(box).to_contain_text("save and press Connect")
	expect(box).to_contain_text("Income Account")
	# the consent is given in a window of theirs; where they are, an administrator alone may say
	for field, value in (("connected_user", "Administrator"), ("base_url", books.access["base_url"])):
		api.call(
			"frappe.client.set_value",
			doctype="Accounting Connection",
			name=title,
			fieldname=field,
			value=value,
		)
	page.reload()
	page.locator("[data-fieldname=missing_html] table").wait_for()
	shot("accounting-missing", height=1000)

	page.get_by_role("button", name="Test Connection").click()
	answer = page.locator(".msgprint-dialog.show, .modal.show").first
	expect(answer).to_contain_text("Connected to Northgate")
	answer.locator(".btn-modal-close:visible").click()
	expect(page.locator(".modal.show")).to_have_count(0)

	page.get_by_role("button", name="Map These").click()
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("Map What Is Missing")
	fields = dialog.locator(".frappe-control:visible input")
	assert fields.count() >= 3
	fields.first.click()
	expect(dialog.locator("[role=listbox]:visible").first).to_contain_text("Sales")
	shot("accounting-map")
	for at in range(fields.count()):
		label = (
			fields.nth(at).locator("xpath=ancestor::*[contains(@class,'frappe-control')]").first.inner_text()
		)
		kind = next((kind for kind in CODES if label.startswith(kind)), "")
		fields.nth(at).fill(CODES.get(kind, "860" if label.startswith("Account for") else "NONE"))
		fields.nth(at).press("Tab")
	dialog.get_by_role("button", name="Save").click()
	expect(box).not_to_contain_text("Income Account")
	expect(page.locator("[data-fieldname=mappings] .grid-row").first).to_be_attached()
	box.scroll_into_view_if_needed()
	shot("accounting-mapped", height=1500)

	page.locator("input[data-fieldname=enabled]").check()
	page.get_by_role("button", name="Save", exact=True).click()
	page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.enabled === 1")
	from_menu(page, "Actions", "Send Earlier Documents")
	asked = page.locator(".modal.show")
	expect(asked.locator("tr", has_text="Invoice").first).to_contain_text(re.compile(r"Invoice\s*\d+"))
	shot("accounting-earlier")
	asked.get_by_role("button", name="Yes").click()
	(message,) = wait(
		lambda: api.names(
			"Sync Message", accounting_connection=title, reference_name=number, status="Dry Run"
		),
		len,
	)
	assert books.booked(number) == []
	page.goto(f"/app/sync-message/{message}")
	expect(page.locator("[data-fieldname=sent]").first).to_contain_text(number)
	shot("accounting-dry-run", height=1300)

	page.goto(f"/app/accounting-connection/{title}")
	page.locator("input[data-fieldname=dry_run]").uncheck()
	page.get_by_role("button", name="Save", exact=True).click()
	page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.dry_run === 0")
	page.goto(f"/app/sync-message/{message}")
	page.get_by_role("button", name="Replay", exact=True).click()
	wait(lambda: books.booked(number), len)
	wait(lambda: statuses(api, title, reference_name=number), lambda found: found == ["Done"])
	page.goto(f"/app/accounting-connection/{title}")
	figures = page.locator("[data-fieldname=figures_html]")
	expect(figures).to_contain_text("Uptime, 7 Days")
	expect(figures).to_contain_text("Lag, Median")
	shot("accounting-connection", height=1500)
	phone(page)
	figures.scroll_into_view_if_needed()
	shot("accounting-connection-phone")


def test_what_is_refused_is_mended_and_goes_again_one_by_one_and_together(
	finance, page, api, shot, books, invoice, connection
) -> None:
	name = connection(income="999")
	made = [invoice(qty) for qty in (1, 2, 3)]
	wait(lambda: statuses(api, name, kind="Invoice"), lambda found: found == ["Needs Attention"] * 3)
	page.goto(f"/app/sync-message?accounting_connection={name}&status=Needs%20Attention")
	expect(page.locator(".list-row .list-subject:visible")).to_have_count(3)
	told = page.locator(".list-row .list-row-col:visible", has_text="Account code '999' is not a valid code")
	expect(told).to_have_count(3)
	shot("accounting-messages")
	page.locator(".list-row", has_text=made[0]).locator(".list-subject a").first.click()
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Sync Message'")
	form = page.locator(".form-layout:visible")
	expect(form).to_contain_text("Account code '999' is not a valid code")
	expect(form).to_contain_text("replay")
	shot("accounting-message", height=1300)
	phone(page)
	shot("accounting-message-phone")
	page.set_viewport_size({"width": 1360, "height": 900})

	doc = api.get("Accounting Connection", name)
	for row in doc["mappings"]:
		row["code"] = "200" if row["code"] == "999" else row["code"]
	api.call("frappe.client.save", doc=doc)
	page.get_by_role("button", name="Replay", exact=True).click()
	wait(lambda: books.booked(made[0]), len)
	assert books.booked(made[1]) == []

	page.goto(f"/app/sync-message?accounting_connection={name}&status=Needs%20Attention")
	expect(page.locator(".list-row .list-subject:visible")).to_have_count(2)
	page.locator(".list-header-checkbox, .list-check-all").first.check()
	list_action(page, "Replay")
	for number in made[1:]:
		wait(lambda number=number: books.booked(number), len)
	wait(lambda: statuses(api, name), lambda found: set(found) == {"Done"})


def test_a_conflict_shows_both_sides_and_one_click_settles_it_and_the_books_agree(
	finance, page, api, shot, books, invoice, connection
) -> None:
	name = connection()
	number = invoice(4)
	wait(lambda: books.booked(number), len)
	total = api.get("Sales Invoice", number)["grand_total"]
	entry = api.call(
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
		dt="Sales Invoice", dn=number, party_amount=total - 10,
	)  # fmt: skip
	books.pay(number, total)
	today = time.strftime("%Y-%m-%d")
	api.submit(entry | {"reference_no": "CHEQUE-7", "reference_date": today})
	page.goto(f"/app/accounting-connection/{name}")
	page.wait_for_function("window.cur_frm && !cur_frm.is_new()")
	from_menu(page, "Actions", "Look Now")
	(conflict,) = wait(
		lambda: api.names("Sync Conflict", accounting_connection=name, status="Open", kind="Amounts Differ"),
		len,
	)
	page.goto(f"/app/sync-conflict/{conflict}")
	ours, theirs = page.locator("[data-fieldname=ours]").first, page.locator("[data-fieldname=theirs]").first
	expect(ours).to_contain_text(number)
	expect(theirs).to_contain_text(f"{total:g}")
	shot("accounting-conflict", height=1100)
	phone(page)
	shot("accounting-conflict-phone", height=1900)
	page.set_viewport_size({"width": 1360, "height": 900})
	page.get_by_role("button", name="Pay What Is Open").click()
	page.wait_for_function("cur_frm.doc.status === 'Resolved'")
	wait(lambda: api.get("Sales Invoice", number)["outstanding_amount"], lambda left: left == 0)
	assert api.get("Sync Conflict", conflict)["resolved_by"] == FINANCE["user"]

	page.goto(
		f"/app/query-report/Accounting%20Reconciliation?accounting_connection={name}&from_date={today}&to_date={today}"
	)
	page.locator(".report-summary").wait_for()
	expect(page.locator(".report-summary")).to_contain_text("Differences")
	expect(page.locator(".datatable .dt-row", has_text=number)).to_contain_text("Same")
	shot("accounting-reconciliation")
	phone(page)
	shot("accounting-reconciliation-phone")
