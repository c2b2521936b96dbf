"""Free ports, chosen once and remembered, so that several benches live on one machine."""

from __future__ import annotations

import socket

from tools import state
from tools.failure import Failure

FIRST = {
	"web": 8000,
	"socketio": 9000,
	"mariadb": 13306,
	"redis_cache": 13000,
	"redis_queue": 11000,
	"test_web": 8100,
}
TRIES = 100


def get(name: str) -> int:
	return int(state.get("ports", name) or claim(name))


def claim(name: str, wanted: int | None = None) -> int:
	"""The port to use now: the one asked for, else the remembered one if free, else the next free one."""
	if wanted:
		if not is_free(wanted):
			raise Failure(f"Port {wanted} is taken by another program", "Choose another with --port N")
		state.put(wanted, "ports", name)
		return wanted
	remembered = state.get("ports", name)
	if remembered and is_free(int(remembered)):
		return int(remembered)
	for port in range(FIRST[name], FIRST[name] + TRIES):
		if is_free(port):
			state.put(port, "ports", name)
			return port
	raise Failure(
		f"No free port between {FIRST[name]} and {FIRST[name] + TRIES} for {name}",
		"Stop what uses them, or give one with --port N",
	)


def is_free(port: int) -> bool:
	with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
		probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		try:
			probe.bind(("127.0.0.1", port))
		except OSError:
			return False
	return True
