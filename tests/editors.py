"""Editors of an installation, and what they do on its command line, at a terminal too."""

import os
import pty
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import programs
from installations import Installation


@dataclass(frozen=True)
class Known:
    """An editor with the token that was shown once."""

    id: str
    token: str


def add(installation: Installation, name: str, role: str) -> Known:
    """Add an editor."""
    done = installation.run_inside("editors", "add", name, "--role", role)
    assert done.returncode == 0, done.stderr
    editor, token = done.stdout.splitlines()
    return Known(editor.split()[1], token.split()[1])


def act(
    installation: Installation, who: Known | str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as an editor, whose token is never printed."""
    token = who if isinstance(who, str) else who.token
    settings = installation.settings | ({"CAVEAT_TOKEN": token} if token else {})
    done = programs.run_inside(*arguments, env=settings)
    assert not token or token not in done.stdout + done.stderr
    return done


def act_at_terminal(
    installation: Installation, *arguments: str, answers: Sequence[tuple[str, str]], token: str = ""
) -> tuple[int, str]:
    """Run a command at a terminal and type each answer after its question; return code and text."""
    env = programs.environment(installation.settings | ({"CAVEAT_TOKEN": token} if token else {}))
    child, terminal = pty.fork()
    if child == 0:
        os.execve(programs.SCRIPT, ["caveat", *arguments], env)  # noqa: S606 - our own command
    shown = ""
    for question, answer in answers:
        shown = _read_until(terminal, question, shown)
        os.write(terminal, f"{answer}\n".encode())
    shown = _read_until(terminal, None, shown)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


def _read_until(terminal: int, words: str | None, shown: str) -> str:
    """Read what a terminal shows until some words, or to its end."""
    while words is None or words not in shown:
        try:
            octets = os.read(terminal, 4096)
        except OSError:  # how Linux says that nobody has the other side open any more
            return shown
        shown += octets.decode()
    return shown
