"""A MariaDB and two Redis of a test's own, with a copy of the test site on them, to be stopped and killed at will."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.site.conftest import SITE, SITES
from tools import paths, services

PATIENCE = 60
REDIS = ("redis_cache", "redis_queue")


class OwnServers:
	"""The servers' configuration is the bench's own (`config/`). `site` and `sites` are what Frappe is started with."""

	def __init__(self):
		# short, since a socket's path may not be long
		self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
		self.site, self.sites = SITE, str(self.folder / "sites")
		self.processes: dict[str, subprocess.Popen] = {}
		self.ports = {name: _free_port() for name in ("mariadb", *REDIS)}

	def __enter__(self) -> "OwnServers":
		try:
			self._install_mariadb()
			for name in ("mariadb", *REDIS):
				self.start(name)
			self._copy_site()
		except BaseException:
			self.__exit__()
			raise
		return self

	def __exit__(self, *exception: object) -> None:
		for process in self.processes.values():
			process.kill()
			process.wait(PATIENCE)
		shutil.rmtree(self.folder, ignore_errors=True)

	def start(self, name: str) -> None:
		"""Start one of them and wait until it answers."""
		if name == "mariadb":
			command = [services.find("mariadbd", "mysqld"), f"--defaults-file={self._config(name)}"]
			command += ["--user=root"] if os.geteuid() == 0 else []
		else:
			command = [services.find("redis-server"), str(self._config(name))]
		with (self.folder / f"{name}.log").open("ab") as log:
			self.processes[name] = subprocess.Popen(
				[str(word) for word in command],
				stdout=log,
				stderr=log,
				stdin=subprocess.DEVNULL,
				cwd=self.folder,
				env=paths.environment(),
			)
		self._wait_ready(name)

	def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
		"""End one of them, in order (SIGTERM) or as a crash does (SIGKILL)."""
		self.processes[name].send_signal(how)
		self.processes[name].wait(PATIENCE)

	def _config(self, name: str) -> Path:
		file = "mariadb.cnf" if name == "mariadb" else f"{name}.conf"
		made = self.folder / file
		if not made.exists():
			(self.folder / name).mkdir()
			text = (paths.CONFIG / file).read_text()
			for key, value in {
				"datadir": self.folder / name,
				"dir": self.folder / name,
				"socket": self.folder / "mariadb.sock",
				"pidfile": self.folder / f"{name}.pid",
				"log": self.folder / f"{name}.log",
				"port": self.ports[name],
				"buffer_pool": "256M",
			}.items():
				text = text.replace(f"@{key}@", str(value))
			made.write_text(text)
		return made

	def _install_mariadb(self) -> None:
		command = [
			services.find("mariadb-install-db", "mysql_install_db"),
			f"--defaults-file={self._config('mariadb')}",
			"--auth-root-authentication-method=normal",
			"--skip-test-db",
		]
		command += ["--user=root"] if os.geteuid() == 0 else []
		subprocess.run(command, check=True, capture_output=True, env=paths.environment())

	def _copy_site(self) -> None:
		"""The test site's database and configuration, with these servers in the common one."""
		config = json.loads((SITES / SITE / "site_config.json").read_text())
		name, password = config["db_name"], config["db_password"]
		self._sql(
			f"create database `{name}`; create user '{name}'@'localhost' identified by '{password}'; "
			f"grant all on `{name}`.* to '{name}'@'localhost';"
		)
		dump = [
			services.find("mariadb-dump", "mysqldump"),
			"--no-defaults",
			"--single-transaction",
			"--quick",
		]
		dump += [f"--socket={services.database_socket()}", "--user=root", name]
		env = paths.environment(MYSQL_PWD=services.root_password())
		with subprocess.Popen(dump, stdout=subprocess.PIPE, env=env) as reading:
			subprocess.run(
				[*self._client(), name], stdin=reading.stdout, check=True, env=paths.environment(MYSQL_PWD="")
			)
		assert reading.returncode == 0, "the test site could not be read"

		common = json.loads((SITES / "common_site_config.json").read_text())
		common |= {
			"db_socket": str(self.folder / "mariadb.sock"),
			"redis_cache": f"redis://127.0.0.1:{self.ports['redis_cache']}",
			"redis_queue": f"redis://127.0.0.1:{self.ports['redis_queue']}",
			"redis_socketio": f"redis://127.0.0.1:{self.ports['redis_queue']}",
		}
		here = Path(self.sites) / SITE
		for folder in (
			here / "logs",
			here / "private" / "files",
			here / "public" / "files",
			self.folder / "logs",
		):
			folder.mkdir(parents=True)
		(here / "site_config.json").write_text(json.dumps(config))
		(here.parent / "common_site_config.json").write_text(json.dumps(common))
		for file in ("apps.txt", "apps.json"):
			if (SITES / file).exists():
				shutil.copy(SITES / file, here.parent / file)

	def _client(self) -> list[str]:
		return [services.client(), "--no-defaults", f"--socket={self.folder / 'mariadb.sock'}", "--user=root"]

	def _sql(self, statements: str) -> None:
		subprocess.run(
			self._client(),
			input=statements,
			text=True,
			check=True,
			capture_output=True,
			env=paths.environment(MYSQL_PWD=""),
		)

	def _wait_ready(self, name: str) -> None:
		deadline = time.monotonic() + PATIENCE
		while time.monotonic() < deadline:
			assert self.processes[name].poll() is None, (self.folder / f"{name}.log").read_text()[-2000:]
			if self._answers(name):
				return
			time.sleep(0.1)
		raise AssertionError(f"{name} does not answer")

	def _answers(self, name: str) -> bool:
		family, address = (
			(socket.AF_UNIX, str(self.folder / "mariadb.sock"))
			if name == "mariadb"
			else (socket.AF_INET, ("127.0.0.1", self.ports[name]))
		)
		try:
			with socket.socket(family) as connection:
				connection.settimeout(2)
				connection.connect(address)
				if name != "mariadb":
					connection.sendall(b"PING\r\n")
				return bool(connection.recv(1))
		except OSError:
			return False


def _free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]
