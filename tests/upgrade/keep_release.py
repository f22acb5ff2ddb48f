"""Keep a release's database: run once, as a process of the release that is to be kept.

``python -m tests.upgrade.keep_release 0.1.0`` makes a database with the release's migrations, lets
``make_world`` fill it, and writes three files beside this one: the dump, the keys and passwords of
the world, and what the release answers about it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SECRETS = {
    "USANCE_SECRET_KEY": "only-for-the-fixture",
    "USANCE_ENCRYPTION_KEYS": "Zml4dHVyZS1maXh0dXJlLWZpeHR1cmUtZml4dHVyZS0=",
    "USANCE_INSECURE_COOKIES": "1",
}
COMMAND = ("-c", "from usance.cli import main; main()")


def main() -> None:
    """Make, check and keep the world."""
    from config import embedded_postgres

    release = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="usance-release-") as directory:
        Path(directory).chmod(0o755)  # the server may run as a user of its own
        with embedded_postgres.running(Path(directory) / "postgres") as server:
            address = server.ensure_database("release")
            world = HERE / f"usance-{release}.world.json"
            env = os.environ | SECRETS | {"USANCE_DATABASE_URL": address, "USANCE_HOME": directory}

            def run(*arguments: str) -> str:
                done = subprocess.run(
                    [sys.executable, *arguments], env=env, check=True, stdout=subprocess.PIPE
                )
                return done.stdout.decode()

            run(*COMMAND, "migrate")
            run("-m", "tests.upgrade.make_world", str(world))
            run(*COMMAND, "verify")
            told = json.loads(run("-m", "tests.upgrade.answers", str(world)))
            dump = subprocess.run(
                [
                    str(embedded_postgres.executable("pg_dump")),
                    f"--dbname={address}",
                    *("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=50"),
                ],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
    keep(release, dump, told)


def keep(release: str, dump: str, told: dict[str, dict[str, object]]) -> None:
    """Write the dump, in words that PostgreSQL 16 knows too, and the answers, a line each."""
    plain = re.sub(r"^(\\(un)?restrict .*|SET transaction_timeout = 0;)\n", "", dump, flags=re.M)
    # Without a time in its head, the same dump is the same file.
    packed = gzip.compress(plain.encode(), compresslevel=9, mtime=0)
    (HERE / f"usance-{release}.sql.gz").write_bytes(packed)
    sellers = []
    for handle, answers in sorted(told.items()):
        lines = [
            f"{json.dumps(place)}: {json.dumps(answer, sort_keys=True, ensure_ascii=False)}"
            for place, answer in sorted(answers.items())
        ]
        sellers.append(f"{json.dumps(handle)}: {{\n" + ",\n".join(lines) + "\n}")
    text = "{\n" + ",\n".join(sellers) + "\n}\n"
    (HERE / f"usance-{release}.answers.json").write_text(text)


if __name__ == "__main__":
    main()
