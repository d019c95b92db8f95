"""Twenty editors save the same draft at once: no save is lost, and who was late is told so."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from delivery import bearer
from flask import Flask
from newsroom import DESK, Newsroom, hire

from content.db import Database

EDITORS = 20
SAVES = 500  # that are tried by all of them together
TRIES = SAVES // EDITORS


@dataclass
class Editor:
    """One of them: what they have made of what, with which note, and how often they were late."""

    name: str
    made: list[tuple[int, int, str]] = field(default_factory=list)
    late: int = 0
    others: list[int] = field(default_factory=list)  # statuses that are neither


@pytest.mark.no_cover
def test_no_save_is_lost_and_each_refused_one_is_a_412(app: Flask, library: Database) -> None:
    text = Newsroom(app.test_client(), library).start(slug="new-one")
    address = f"{DESK}{text.path}" if not text.path.startswith(DESK) else text.path
    tokens = [hire(library, "author")[1] for _ in range(EDITORS)]
    together = threading.Barrier(EDITORS)

    def edit(number: int) -> Editor:
        me, client, headers = Editor(f"editor-{number}"), app.test_client(), bearer(tokens[number])
        together.wait()
        for turn in range(TRIES):
            seen = client.get(address, headers=headers)
            note = f"{me.name}-{turn}"
            body = {**seen.get_json()["manuscript"], "change_note": note}
            sent = {**headers, "If-Match": seen.headers["ETag"]}
            answer = client.put(address, json=body, headers=sent)
            if answer.status_code == 200:
                me.made.append((seen.get_json()["version"], answer.get_json()["version"], note))
            elif answer.status_code == 412:
                me.late += answer.get_json()["version"] > seen.get_json()["version"]
            else:
                me.others.append(answer.status_code)
        return me

    with ThreadPoolExecutor(EDITORS) as pool:
        everybody = list(pool.map(edit, range(EDITORS)))
    assert [one.others for one in everybody] == [[]] * EDITORS
    made = sorted(save for one in everybody for save in one.made)
    assert [after for _, after, _ in made] == list(range(2, len(made) + 2))
    assert all(after == before + 1 for before, after, _ in made), "nobody wrote over another"
    late = sum(one.late for one in everybody)
    assert len(made) + late == SAVES, "each refused save named a newer version"
    assert late > 0, "nobody met anybody"
    last = text.read()
    assert (last["version"], last["manuscript"]["change_note"]) == made[-1][1:]
