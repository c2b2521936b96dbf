"""Web, workers, scheduler and socket.io in the foreground, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tools import paths, ports
from tools.console import end_with_parent, say
from tools.failure import Failure

PID_FILE = paths.BENCH / "serve.pid"


def already() -> int | None:
	"""The process id of a ./start that serves this bench now."""
	try:
		pid = int(PID_FILE.read_text())
		command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
	except (OSError, ValueError):
		return None
	return pid if "tools.start" in command else None


def serve(site: str) -> None:
	"""Run config/Procfile; every line of output carries the name of the process it came from."""
	for name in ("web", "socketio"):
		if not ports.is_free(ports.get(name)):
			raise Failure(f"Port {ports.get(name)} is taken by another program", "Give another with --port N")
	# DEV_SERVER makes the browser ask socket.io on its own port, as there is no nginx in front
	env = paths.environment(WEB_PORT=str(ports.get("web")), DEV_SERVER="1", PYTHONWARNINGS="ignore")
	say(f"Serving http://{site}:{ports.get('web')}  (Ctrl-C stops everything)")
	PID_FILE.write_text(str(os.getpid()))
	command = [paths.BIN / "honcho", "start", "-d", paths.ROOT, "-f", paths.CONFIG / "Procfile"]
	# in a session of its own: a Ctrl-C reaches it through us, once
	process = subprocess.Popen(
		command, cwd=paths.ROOT, env=env, start_new_session=True, preexec_fn=end_with_parent
	)

	def pass_on(number: int, frame: object) -> None:
		process.send_signal(signal.SIGTERM)

	old = {
		number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
	}
	try:
		code = process.wait()
		stopped_by_us = code in (0, 130, 143, -signal.SIGTERM, -signal.SIGINT)
	finally:
		for number, handler in old.items():
			signal.signal(number, handler)
		PID_FILE.unlink(missing_ok=True)
	if not stopped_by_us:
		raise Failure("A server ended by itself (see the lines above)", "Run ./start again", paths.LOGS)
