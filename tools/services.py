"""The bench's own MariaDB and two Redis: made, started, stopped. No other server is touched."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tools import paths, ports, state
from tools.console import last_words, run
from tools.failure import Failure

NAMES = ("mariadb", "redis_cache", "redis_queue")
PASSWORD_FILE = paths.BENCH / "db-root-password"
START_SECONDS = 90
LONGEST_SOCKET_PATH = 100
PORT_ATTEMPTS = 4


def start_all() -> list[str]:
	"""Start what is not running; return the names of what this call started."""
	started = []
	for name in NAMES:
		if not running(name):
			_start(name)
			started.append(name)
	return started


def stop(names: list[str] | tuple[str, ...] = NAMES) -> list[str]:
	"""Stop those of our servers that run, MariaDB last; return their names."""
	stopped = []
	for name in sorted(names, key=lambda name: name == "mariadb"):
		pid = running(name)
		if pid:
			os.kill(pid, signal.SIGTERM)
			_wait_gone(pid, name)
			stopped.append(name)
	return stopped


def running(name: str) -> int | None:
	"""The process id of our server, judged by its own command line and not by its port."""
	try:
		pid = int(_pid_file(name).read_text().strip())
		command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
	except (OSError, ValueError):
		return None
	# Redis shows "redis-server 127.0.0.1:PORT", MariaDB the configuration file it was given
	mark = str(_config_file(name)) if name == "mariadb" else f"redis-server 127.0.0.1:{ports.get(name)}"
	return pid if mark in command or str(_config_file(name)) in command else None


def database_socket() -> Path:
	"""In the bench, or in a short temporary folder where the bench's path is too long for a socket."""
	here = paths.BENCH / "mariadb.sock"
	if len(str(here)) <= LONGEST_SOCKET_PATH:
		return here
	folder = state.get("socket_folder")
	if not folder or not Path(folder).is_dir():
		folder = tempfile.mkdtemp(prefix="bench-")
		state.put(folder, "socket_folder")
	return Path(folder) / "mariadb.sock"


def root_password() -> str:
	if not PASSWORD_FILE.exists():
		PASSWORD_FILE.parent.mkdir(parents=True, exist_ok=True)
		descriptor = os.open(PASSWORD_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
		with os.fdopen(descriptor, "w") as file:
			file.write(secrets.token_urlsafe(24))
	return PASSWORD_FILE.read_text().strip()


def sql(statement: str, *, password: str | None = None, database: str = "") -> str:
	"""Run SQL as the server's root; the password goes through the environment, not the process list."""
	env = paths.environment(MYSQL_PWD=root_password() if password is None else password)
	command = [client(), "--no-defaults", f"--socket={database_socket()}", "--user=root", "-N", "-B"]
	done = subprocess.run(
		[*command, *([database] if database else [])],
		input=statement,
		env=env,
		capture_output=True,
		text=True,
	)
	if done.returncode:
		raise Failure(f"MariaDB refused a statement ({last_words(done.stderr)})", log=_log("mariadb"))
	return done.stdout


def client() -> str:
	return find("mariadb", "mysql")


def find(*names: str) -> str:
	path = paths.environment()["PATH"]
	for name in names:
		if found := shutil.which(name, path=path):
			return found
	raise Failure(f"The program {names[0]} is missing", "Run ./start again: it installs what is missing")


def _start(name: str) -> None:
	"""Another bench that starts at the same moment may win the port: then try the next."""
	for attempt in range(1, PORT_ATTEMPTS + 1):
		port = ports.claim(name)
		try:
			_launch(name)
			return
		except Failure:
			if attempt == PORT_ATTEMPTS or ports.is_free(port):
				raise


def _launch(name: str) -> None:
	_write_config(name)
	if name == "mariadb":
		_make_database_folder()
		server = find("mariadbd", "mysqld")
		command = [server, f"--defaults-file={_config_file(name)}"]
		if os.geteuid() == 0:
			command.append("--user=root")
	else:
		command = [find("redis-server"), str(_config_file(name))]
	_pid_file(name).unlink(missing_ok=True)
	with _log(name).open("ab") as log:
		process = subprocess.Popen(
			command,
			stdout=log,
			stderr=log,
			stdin=subprocess.DEVNULL,
			cwd=paths.BENCH,
			env=paths.environment(),
			start_new_session=True,
		)
	_wait_ready(name, process)
	# written here too: Redis writes its file a moment after it answers
	_pid_file(name).write_text(f"{process.pid}\n")
	if name == "mariadb":
		_secure_root()


def _make_database_folder() -> None:
	data = paths.DATA / "mariadb"
	if (data / "mysql").is_dir():
		return
	shutil.rmtree(data, ignore_errors=True)
	installer = find("mariadb-install-db", "mysql_install_db")
	command = [
		installer,
		f"--defaults-file={_config_file('mariadb')}",
		"--auth-root-authentication-method=normal",
		"--skip-test-db",
	]
	if os.geteuid() == 0:
		command.append("--user=root")
	run(command, "mariadb-install", cause="MariaDB's data folder could not be made")


def _secure_root() -> None:
	"""Give a new server's root the bench's password."""
	try:
		sql("select 1")
	except Failure:
		password = root_password()
		sql(
			f"alter user 'root'@'localhost' identified by '{password}'; "
			"delete from mysql.global_priv where User = '' or (User = 'root' and Host != 'localhost'); "
			"flush privileges;",
			password="",
		)
	isolation = sql("select @@global.tx_isolation").strip()
	if isolation != "READ-COMMITTED":
		raise Failure(
			f"MariaDB runs with {isolation} instead of READ-COMMITTED", "Look at config/mariadb.cnf"
		)


def _write_config(name: str) -> None:
	file = "mariadb.cnf" if name == "mariadb" else f"{name}.conf"
	folder = paths.DATA / name
	folder.mkdir(parents=True, exist_ok=True)
	values = {
		"datadir": folder,
		"dir": folder,
		"socket": database_socket(),
		"pidfile": _pid_file(name),
		"log": _log(name),
		"port": ports.get(name),
		"buffer_pool": f"{_buffer_pool_megabytes()}M",
	}
	text = (paths.CONFIG / file).read_text()
	for key, value in values.items():
		text = text.replace(f"@{key}@", str(value))
	_config_file(name).write_text(text)


def _buffer_pool_megabytes() -> int:
	total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1024 * 1024)
	return max(256, min(2048, total // 4))


def _wait_ready(name: str, process: subprocess.Popen) -> None:
	deadline = time.monotonic() + START_SECONDS
	while time.monotonic() < deadline:
		if process.poll() is not None:
			break
		if _answers(name):
			# another bench's server may have answered on a port that ours did not get
			time.sleep(0.2)
			if process.poll() is None:
				return
		time.sleep(0.1)
	else:
		process.terminate()
	log = _log(name)
	tail = last_words(log.read_text(errors="replace")) if log.exists() else "no output"
	if "No space left" in tail or "errno: 28" in tail:
		raise Failure("The disk is full", f"Free some space under {paths.ROOT} and run again", log)
	raise Failure(f"{name} did not start ({tail})", "Read the log, then run again", log)


def _answers(name: str) -> bool:
	family = socket.AF_UNIX if name == "mariadb" else socket.AF_INET
	address = str(database_socket()) if name == "mariadb" else ("127.0.0.1", ports.get(name))
	try:
		with socket.socket(family) as connection:
			connection.settimeout(2)
			connection.connect(address)
			if name != "mariadb":
				connection.sendall(b"PING\r\n")
			return bool(connection.recv(1))
	except OSError:
		return False


def _wait_gone(pid: int, name: str) -> None:
	deadline = time.monotonic() + START_SECONDS
	while time.monotonic() < deadline:
		try:
			os.waitpid(pid, os.WNOHANG)
		except ChildProcessError:
			pass
		if not Path(f"/proc/{pid}").exists():
			_pid_file(name).unlink(missing_ok=True)
			return
		time.sleep(0.1)
	raise Failure(f"{name} does not stop", f"Look at process {pid}", _log(name))


def _config_file(name: str) -> Path:
	return paths.BENCH / ("mariadb.cnf" if name == "mariadb" else f"{name}.conf")


def _pid_file(name: str) -> Path:
	return paths.BENCH / f"{name}.pid"


def _log(name: str) -> Path:
	return paths.LOGS / f"{name}.log"
