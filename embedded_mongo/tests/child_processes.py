"""Child processes of tests: `python -m embedded_mongo.tests.child_processes hold <path>`."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

from embedded_mongo import EmbeddedClient

ROOT = Path(__file__).parents[2]
WRITERS = 8


def start_process(function: str, path: Path) -> subprocess.Popen:
    """Start a process that writes to or holds a store; its output can be read line by line."""
    command = [sys.executable, "-m", "embedded_mongo.tests.child_processes", function, str(path)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def write_until_killed(path: Path) -> None:
    """Print `<writer> <number of its writes>` whenever a write was acknowledged."""
    client = EmbeddedClient(path=path, synchronous="NORMAL")
    for writer in range(WRITERS):
        Thread(target=_write, args=(client, writer)).start()


def _write(client: EmbeddedClient, writer: int) -> None:
    for number in range(1, 1_000_000):
        client.db.written.insert_one({"_id": f"{writer} {number}", "text": "x" * 500})
        client.db.counts.update_one({"_id": writer}, {"$inc": {"count": 1}}, upsert=True)
        sys.stdout.write(f"{writer} {number}\n")
        sys.stdout.flush()


def hold(path: Path) -> None:
    """Keep the store open until a line is sent to this process."""
    client = EmbeddedClient(path=path)
    print("open", flush=True)
    sys.stdin.readline()
    client.close()


if __name__ == "__main__":
    {"write": write_until_killed, "hold": hold}[sys.argv[1]](Path(sys.argv[2]))
