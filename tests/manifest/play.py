"""A page's commands, played as they stand in a Debian root that has nothing else; and an image's steps likewise.

The root is made once, by Debian's own `debootstrap`; each way of installing gets a copy. What the commands fetch from
package registries is fetched beforehand, by the versions and hashes in the lock, so that a root needs no network but this
machine's own.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HOUSE = Path(__file__).parents[2]
RELEASE = "bookworm"
INCLUDED = ("python3", "python3-venv", "pipx", "adduser", "ca-certificates")
# What pipx brings up to date in its own environment before anything else.
OF_PIPX = ("pip", "setuptools", "wheel")
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
CHROOT = shutil.which("chroot") or "chroot"
MARK = re.compile(r"<!-- spil(?:: (?P<when>\w+))? -->\n```sh\n(?P<commands>.*?)```", re.DOTALL)


def blocks(page: str, when: str | None = None) -> list[str]:
    """A page's commands that are marked to be played, in their order.

    Args:
        page: Markdown.
        when: "kører" for those that need krisebot to run; None for those before.
    """
    return [each["commands"] for each in MARK.finditer(page) if each["when"] == when]


def wheels(folder: Path) -> Path:
    """Everything that an installation fetches, by the lock's hashes; and krisebot's own release files."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "download", "--require-hashes", "--no-deps", "-r", str(HOUSE / "requirements.lock"), "-d", str(folder)])
    run([*pip, "download", "--no-deps", *OF_PIPX, "-d", str(folder)])
    return folder


class Root:
    """A Debian of its own, in a folder.

    Args:
        folder: where.
        wheels: what pip may take.
    """

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self._wheels = wheels
        self._started: list[subprocess.Popen[bytes]] = []
        self._mounted: list[Path] = []

    @classmethod
    def bare(cls, folder: Path, wheels: Path) -> Root:
        """Debian and the few packages that the page installs, and nothing else."""
        include = ",".join(INCLUDED)
        run(["debootstrap", "--variant=minbase", f"--include={include}", RELEASE, str(folder)])
        return cls(folder, wheels)

    def copy(self, folder: Path) -> Root:
        """Another one like it."""
        run(["cp", "--archive", "--reflink=auto", str(self.folder), str(folder)])
        return Root(folder, self._wheels)

    def __enter__(self) -> Root:
        # This machine's own devices are nowhere in it: whoever tidies the folder away may tidy everything in it.
        self._mount("-t", "tmpfs", "dev", to=self.folder / "dev")
        for name, (major, minor) in DEVICES.items():
            os.mknod(self.folder / "dev" / name, 0o666 | stat.S_IFCHR, os.makedev(major, minor))
            os.chmod(self.folder / "dev" / name, 0o666)
        (self.folder / "dev" / "fd").symlink_to("/proc/self/fd")
        self._mount("-t", "proc", "proc", to=self.folder / "proc")
        self._mount("--bind", str(self._wheels), to=self.folder / "wheels")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for place in reversed(self._mounted):
            run(["umount", "--lazy", str(place)])
        self._mounted.clear()

    def stop(self) -> None:
        """End what was started in it."""
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()

    def _mount(self, *words: str, to: Path) -> None:
        to.mkdir(exist_ok=True)
        run(["mount", *words, str(to)])
        self._mounted.append(to)

    def play(self, commands: str, within: str = "/root", **environment: str) -> str:
        """Run commands as root in it, and give what they said; the first that fails ends it."""
        script = f"set -eu\ncd {within}\n{commands}"
        return run([CHROOT, str(self.folder), "/bin/sh", "-c", script], self._environment(environment))

    def start(self, words: Sequence[str], within: str, user: str, say: Path, **environment: str) -> None:
        """Begin a program in it, as a user, that ends when the root does."""
        script = f"cd {within} && umask 0077 && exec setpriv --reuid={user} --regid={user} --clear-groups {shlex.join(words)}"
        with say.open("ab") as out:
            self._started.append(
                subprocess.Popen(
                    [CHROOT, str(self.folder), "/bin/sh", "-c", script],
                    env=self._environment(environment),
                    stdout=out,
                    stderr=out,
                )
            )

    def write(self, path: str, content: str | bytes) -> None:
        """A file in it."""
        file = self.folder / path.lstrip("/")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, path: str) -> str:
        """A file's text."""
        return (self.folder / path.lstrip("/")).read_text("utf-8")

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        plain = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }
        return (
            plain | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels", "DEBIAN_FRONTEND": "noninteractive"} | dict(more)
        )


def unit(text: str) -> dict[str, list[str]]:
    """A systemd unit's settings."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def steps(containerfile: str) -> Iterator[tuple[str, str]]:
    """A Containerfile's instructions, each on one line."""
    whole = re.sub(r"\\\n\s*", " ", "\n".join(line for line in containerfile.splitlines() if not line.startswith("#")))
    for line in whole.splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


class Image:
    """What a Containerfile makes of a bare root, its steps run one by one.

    Args:
        stages: a fresh root for each FROM.
        context: the folder that COPY takes from.
    """

    def __init__(self, stages: Iterator[Root], context: Path) -> None:
        self._stages = stages
        self._context = context
        self._named: dict[str, Root] = {}
        self.environment: dict[str, str] = {}
        self.within = "/"
        self.user = "0"
        self.entry: list[str] = []
        self.command: list[str] = []
        self.health: list[str] = []

    def build(self, containerfile: str) -> Root:
        """Run every step; gives the last stage's root."""
        root: Root | None = None
        for word, rest in steps(containerfile):
            if word == "FROM":
                root = next(self._stages)
                if named := re.search(r" AS (\w+)$", rest):
                    self._named[named[1]] = root
                self.within, self.environment = "/", {}
                continue
            assert root is not None
            match word:
                case "WORKDIR":
                    self.within = rest
                    root.play(f"mkdir -p {rest}")
                case "COPY":
                    self._copy(root, rest)
                case "RUN":
                    root.play(rest, self.within, **self.environment)
                case "ENV":
                    self._set(rest)
                case "USER":
                    self.user = rest.partition(":")[0]
                case "ENTRYPOINT":
                    self.entry = json.loads(rest)
                case "CMD":
                    self.command = json.loads(rest)
                case "HEALTHCHECK":
                    self.health = json.loads(rest.partition("CMD ")[2])
                case "LABEL" | "VOLUME" | "EXPOSE":
                    pass
                case _:
                    raise AssertionError(f"{word}: nobody has said how to play that")
        assert root is not None
        return root

    def _set(self, rest: str) -> None:
        for name, value in re.findall(r"(\w+)=(\S+)", rest):
            path = self.environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")
            self.environment[name] = value.replace("$PATH", path)

    def _copy(self, root: Root, rest: str) -> None:
        words = rest.split()
        source = self._context
        if words[0].startswith("--from="):
            source = self._named[words.pop(0).removeprefix("--from=")].folder
        *files, to = words
        target = root.folder / (self.within if not to.startswith("/") else "").lstrip("/") / to.lstrip("/")
        for name in files:
            place = source / name.lstrip("/")
            if place.is_dir():
                shutil.copytree(
                    place, target, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(place, target)


def run(words: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a program; one that fails is told with what it said."""
    done = subprocess.run(words, capture_output=True, text=True, env=dict(environment) if environment else None)
    assert done.returncode == 0, (
        f"{shlex.join(words)[:400]} → {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
    return done.stdout + done.stderr


def clean_of_ours() -> dict[str, str]:
    """The environment without what says how krisebot is set up."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("KRISEBOT_", "SLACK_", "MICROSOFT_"))
    }
