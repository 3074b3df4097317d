"""Documents that several processes read to write them anew."""

import json
import multiprocessing
import stat

from data.backup_parts import left_out
from data.plan_store import PlanStore

TIMES = 40


def count(plans: PlanStore) -> None:
    for _ in range(TIMES):
        with plans.turn("count"):
            known = json.loads(plans.text("count") or '{"n": 0}')
            plans.save("count", {"n": known["n"] + 1})


def test_who_has_the_turn_writes_what_no_other_process_loses(tmp_path):
    plans = PlanStore(tmp_path / "state")
    spawned = [multiprocessing.get_context("fork").Process(target=count, args=(plans,)) for _ in range(3)]
    for process in spawned:
        process.start()
    for process in spawned:
        process.join()
    assert json.loads(plans.text("count")) == {"n": 3 * TIMES}
    assert plans.names() == ["count"]


def test_what_tells_the_turn_is_private_and_in_no_backup(tmp_path):
    plans = PlanStore(tmp_path / "state")
    with plans.turn("count"):
        (file,) = plans.folder.iterdir()
        assert not file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert left_out(file.relative_to(plans.folder))
