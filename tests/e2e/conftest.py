"""Browser tests: Debian's Chromium, driven by Playwright from an environment of its own, on a fresh demo site.

`./test e2e` makes the site; this file serves it (web, realtime, a worker) on ports of its own where needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tools import paths, ports, sites

SITE = paths.E2E_SITE
RESULTS = paths.ROOT / "test-results"
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS") or RESULTS / "screenshots")
START_SECONDS = 60
# The tests name prices of their own.
CHANGED_PRICE = {"b2b_override_reason": "The price of a test"}
FLAGS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--disable-dev-shm-usage",
)


class Api:
	"""The site's REST API as one user, for looking behind the page."""

	def __init__(self, port: int, user: str = "Administrator", password: str = sites.ADMIN_PASSWORD):
		# the name of the site goes in the header: not every system resolves *.localhost
		self.base = f"http://127.0.0.1:{port}"
		self.jar = CookieJar()
		self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
		self.call("login", usr=user, pwd=password)

	def call(self, method: str, **values: Any) -> Any:
		"""A whitelisted method, by POST."""
		return self._ask(f"/api/method/{method}", values).get("message")

	def names(self, doctype: str, **filters: Any) -> list[str]:
		query = urllib.parse.urlencode({"filters": json.dumps(filters), "limit_page_length": 0})
		return [
			row["name"] for row in self._ask(f"/api/resource/{urllib.parse.quote(doctype)}?{query}")["data"]
		]

	def get(self, doctype: str, name: str) -> dict[str, Any]:
		path = f"/api/resource/{urllib.parse.quote(doctype)}/{urllib.parse.quote(name, safe='')}"
		return self._ask(path)["data"]

	def make(self, doctype: str, **values: Any) -> dict[str, Any]:
		"""Insert a document."""
		return self.call("frappe.client.insert", doc={"doctype": doctype, **values})

	def submit(self, doc: dict[str, Any]) -> dict[str, Any]:
		"""Submit a document, inserted or not."""
		return self.call("frappe.client.submit", doc=doc)

	def _ask(self, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
		body = None
		headers = {"Host": SITE, "Accept": "application/json"}
		if values is not None:
			body = json.dumps(values).encode()
			headers["Content-Type"] = "application/json"
		request = urllib.request.Request(self.base + path, data=body, headers=headers)
		try:
			with self.opener.open(request, timeout=60) as answer:
				return json.load(answer)
		except urllib.error.HTTPError as error:
			raise AssertionError(
				f"{path}: {error.code}: {error.read().decode(errors='replace')[:2000]}"
			) from error


@pytest.fixture(scope="session")
def server() -> Iterator[int]:
	"""Serve the site; the port of its web server."""
	port = ports.claim("test_web")
	RESULTS.mkdir(exist_ok=True)
	# read by web, realtime and browser alike; the port may have been taken since it was chosen
	realtime = ports.get("socketio")
	commands = {
		"web": [
			paths.ENV / "bin" / "gunicorn",
			*("--bind", f"127.0.0.1:{port}", "--threads", "8", "--timeout", "120"),
			"frappe.app:application_with_statics()",
		],
		"worker": [
			*(paths.PYTHON, "-m", "frappe.utils.bench_helper", "frappe"),
			*("worker", "--queue", "short,default,long"),
		],
	}
	if ports.is_free(realtime):
		commands["realtime"] = [
			*("node", "--require", paths.INSIDE / "localhost.js", paths.APPS / "frappe" / "socketio.js")
		]
	env = paths.environment(DEV_SERVER="1", PYTHONWARNINGS="ignore")
	processes = {}
	try:
		for name, command in commands.items():
			with (RESULTS / f"{name}.log").open("wb") as log:
				processes[name] = subprocess.Popen(
					[str(word) for word in command], cwd=paths.SITES, env=env, stdout=log, stderr=log
				)
		wait_for(port, processes)
		yield port
	finally:
		for process in processes.values():
			process.terminate()
		for process in processes.values():
			try:
				process.wait(15)
			except subprocess.TimeoutExpired:
				process.kill()


def from_menu(page: Page, group: str, action: str) -> None:
	"""Choose an action from a group of buttons of a form. A form that is drawn anew meanwhile closes the menu: it is opened again."""
	entry = page.locator(".dropdown-menu.show, .show .dropdown-menu").get_by_text(action, exact=True)
	for patience in (2_000, 2_000, 5_000, 30_000):
		page.get_by_role("button", name=group, exact=True).click()
		try:
			entry.click(timeout=patience)
			return
		except PlaywrightTimeout:
			continue
	raise AssertionError(f"{group} has no {action}")


def wait_for(port: int, processes: dict[str, subprocess.Popen]) -> None:
	request = urllib.request.Request(f"http://127.0.0.1:{port}/api/method/ping", headers={"Host": SITE})
	deadline = time.monotonic() + START_SECONDS
	while time.monotonic() < deadline:
		for name, process in processes.items():
			assert process.poll() is None, f"{name} ended: {(RESULTS / f'{name}.log').read_text()[-2000:]}"
		try:
			with urllib.request.urlopen(request, timeout=30):
				return
		except OSError:
			time.sleep(0.2)
	raise AssertionError(f"The site does not answer: {(RESULTS / 'web.log').read_text()[-2000:]}")


@pytest.fixture(scope="session")
def base_url(server: int) -> str:
	return f"http://{SITE}:{server}"


@pytest.fixture(scope="session")
def api(server: int) -> Api:
	"""The REST API as Administrator; `Api(server, user, password)` for another."""
	return Api(server)


@pytest.fixture(scope="session")
def logins() -> dict[str, dict[str, str]]:
	"""The demo's log-ins, by the part before the @: logins["sales"]["user"]."""
	rows = json.loads((paths.SITES / SITE / "demo-logins.json").read_text())
	return {row["user"].split("@")[0]: row for row in rows}


@pytest.fixture
def trade_order(api: Api) -> Callable[..., str]:
	"""`trade_order("MUG-OCHRE", 10)` submits an order of a trade customer; the order's name. submit=False: a draft."""

	def make(item: str, qty: float, *, submit: bool = True) -> str:
		template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
		date = template["delivery_date"]
		row = {"item_code": item, "qty": qty, "rate": 5, "delivery_date": date, **CHANGED_PRICE}
		row["warehouse"] = template["items"][0]["warehouse"]
		kept = {key: template[key] for key in ("company", "selling_price_list")}
		doc = api.make("Sales Order", customer="Fell & Dale Stores", delivery_date=date, items=[row], **kept)
		return (api.submit(doc) if submit else doc)["name"]

	return make


@pytest.fixture
def purchase_order(api: Api) -> Callable[[str, float], str]:
	"""`purchase_order("MUG-OCHRE", 10)` submits a purchase order due in two weeks; its name."""

	def make(item: str, qty: float) -> str:
		template = api.get("Purchase Order", api.names("Purchase Order", supplier="Longton Potteries")[0])
		date = template["schedule_date"]
		row = {"item_code": item, "qty": qty, "rate": 1, "schedule_date": date}
		row["warehouse"] = template["items"][0]["warehouse"]
		kept = {key: template[key] for key in ("company", "supplier")}
		return api.submit(api.make("Purchase Order", schedule_date=date, items=[row], **kept))["name"]

	return make


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	with sync_playwright() as playwright:
		chromium = playwright.chromium.launch(
			executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(FLAGS)
		)
		yield chromium
		chromium.close()


@pytest.fixture(scope="session")
def window(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
	"""One for all tests: it keeps what the desk's scripts were compiled to."""
	context = browser.new_context(base_url=base_url, viewport={"width": 1360, "height": 900}, locale="en-GB")
	context.set_default_timeout(30_000)
	yield context
	context.close()


@pytest.fixture
def page(window: BrowserContext, base_url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
	"""A page of a fresh session; `page.goto("/app")` works. A failed test leaves a picture in test-results/."""
	opened = window.new_page()
	window.clear_cookies()
	of_the_one_before = {"origin": base_url, "storageTypes": "indexeddb,local_storage,service_workers"}
	window.new_cdp_session(opened).send("Storage.clearDataForOrigin", of_the_one_before)
	errors: list[str] = []
	opened.on("pageerror", lambda error: errors.append(str(error)))
	yield opened
	if getattr(request.node, "failed", False):
		RESULTS.mkdir(exist_ok=True)
		opened.screenshot(path=RESULTS / f"{request.node.name}.png")
		print("URL:", opened.url, "page errors:", errors)
	for one in window.pages:
		one.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
	outcome = yield
	if call.when == "call" and outcome.get_result().failed:
		item.failed = True


@pytest.fixture
def sign_in(page: Page, server: int, base_url: str) -> Callable[..., Page]:
	"""`sign_in()` signs the Administrator in, or whoever is named, and returns the page, which has gone nowhere yet."""

	def take_cookies(user: str = "Administrator", password: str = sites.ADMIN_PASSWORD, **_more: Any) -> Page:
		jar = Api(server, user, password).jar
		page.context.add_cookies(
			[{"name": one.name, "value": one.value or "", "url": base_url} for one in jar]
		)
		return page

	return take_cookies


@pytest.fixture
def login(sign_in: Callable[..., Page], logins: dict[str, dict[str, str]]) -> Callable[[str], Page]:
	"""`login("sales")` signs that demo user in; see `sign_in`."""

	def as_demo_user(who: str) -> Page:
		return sign_in(**logins[who])

	return as_demo_user


@pytest.fixture
def shot(page: Page) -> Callable[..., None]:
	"""`shot("sales-order-pegs")` keeps a picture of the page; SCREENSHOTS=docs/images ./test e2e puts them there.

	height: of the picture, from the top of the page; without it, what the window shows.
	"""

	def take(name: str, height: int | None = None) -> None:
		SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		window = page.viewport_size
		if height:
			page.set_viewport_size({"width": window["width"], "height": height})
			page.evaluate("window.scrollTo(0, 0)")
		page.screenshot(path=SCREENSHOTS / f"{name}.png")
		page.set_viewport_size(window)

	return take
