"""Long work: told, cancelled, and taken up again after a restart."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data.jobs import add_job, claim_abandoned
from data.journal import journal_of
from data.store import Store
from desks.jobs import Jobs, Work
from desks.priority import BEHIND
from mobility.errors import InfeasibleError, MobilityError, UnavailableError
from tests.conftest import NOW


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def waited(jobs, job, state, seconds=20):
    """Wait until a job is in a state; return it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = jobs.find(job.id)
        if found.state == state or found.state in {"done", "failed", "cancelled"}:
            return found
        time.sleep(0.02)
    return jobs.find(job.id)


def counted(request, control):
    control.tell("half", 0.5)
    control.watch("need", 1.0, 2.0)
    return request["number"] * 2


TWICE = Work(counted, dump=str, load=int)


def test_a_result_is_there_for_another_process(store):
    jobs = Jobs(lambda: store, {"twice": TWICE}, Clock())
    done = waited(jobs, jobs.start("twice", {"number": 4}), "done")
    assert (done.state, done.result) == ("done", 8)
    other = Jobs(lambda: store, {"twice": TWICE}, Clock())
    assert other.find(done.id).result == 8
    assert other.find("unknown") is None
    assert Jobs(lambda: store, {}, Clock()).find(done.id) is None, "a version that does no such work"


@pytest.mark.parametrize(
    "error", [MobilityError("bad-date", "'x' is not a date", field="Jour", value="x"), InfeasibleError(("lock:46095",))]
)
def test_trouble_is_told_with_its_words(store, error):
    def fails(request, control):
        raise error

    jobs = Jobs(lambda: store, {"fails": Work(fails)}, Clock())
    failed = waited(jobs, jobs.start("fails"), "failed")
    assert type(failed.error) is type(error)
    assert str(failed.error) == str(error)
    assert failed.error.details == (
        {"rules": ("lock:46095",)} if isinstance(error, InfeasibleError) else {"value": "x"}
    )


def test_a_fault_is_told_without_its_insides(store):
    def breaks(request, control):
        raise ZeroDivisionError

    jobs = Jobs(lambda: store, {"breaks": Work(breaks)}, Clock())
    failed = waited(jobs, jobs.start("breaks"), "failed")
    assert failed.error.code == "unexpected"


def test_a_cancelled_job_stops_and_the_next_one_runs(store):
    stopped = threading.Event()

    def endless(request, control):
        try:
            while True:
                if control.cancelled():
                    control.tell("over", 0.0)
                time.sleep(0.02)
        finally:
            stopped.set()

    jobs = Jobs(lambda: store, {"endless": Work(endless), "twice": TWICE}, Clock())
    running = jobs.start("endless")
    assert waited(jobs, running, "running").state == "running"
    assert jobs.stop(running.id, who="planner")
    assert stopped.wait(10)
    assert jobs.find(running.id).state == "cancelled"
    assert not jobs.stop(running.id, who="planner")
    with store.reading() as tx:
        assert [(line["act"], line["about"]) for line in journal_of(tx)] == [("work-stopped", running.id)]
    assert waited(jobs, jobs.start("twice", {"number": 1}), "done").result == 2


def test_a_restart_takes_up_what_was_left(store):
    clock = Clock()
    left = threading.Event()

    def stuck(request, control):
        left.wait(20)
        return 0

    dead = Jobs(lambda: store, {"twice": Work(stuck)}, clock)
    running = dead.start("twice", {"number": 3})
    waiting = dead.start("twice", {"number": 5})
    waited(dead, running, "running")
    # The process is gone; another one starts.
    clock.now = NOW + timedelta(minutes=5)
    fresh = Jobs(lambda: store, {"twice": TWICE}, clock)
    assert fresh.resume() == 2
    assert fresh.resume() == 0
    assert waited(fresh, running, "done").result == 6
    assert waited(fresh, waiting, "done").result == 10
    # Should the first process be alive after all, what it says no longer counts.
    left.set()
    time.sleep(0.2)
    assert fresh.find(running.id).result == 6


def test_work_of_an_unknown_kind_is_passed_over_told_and_holds_up_nothing(store):
    clock = Clock()
    with store.writing() as tx:
        for kind in ("tomorrow's", "twice"):
            add_job(tx, kind, {"number": 2}, worker="gone", now=NOW)
    clock.now = NOW + timedelta(minutes=5)
    jobs = Jobs(lambda: store, {"twice": TWICE}, clock)
    foreign, known = sorted(jobs.latest(), key=lambda job: job.kind)
    assert (foreign.silent, known.silent) == (True, True)
    assert jobs.resume() == 1
    assert waited(jobs, known, "done").result == 4
    for _ in range(2):
        clock.now += timedelta(minutes=5)
        assert jobs.resume() == 0
    left = jobs.find(foreign.id)
    assert (left.state, left.silent, jobs.does(left.kind)) == ("waiting", True, False)
    assert jobs.cancel(left.id)
    with pytest.raises(MobilityError) as error:
        jobs.start_again(jobs.find(left.id), who="planner")
    assert error.value.code == "unknown-work"
    assert len(jobs.latest()) == 2
    # Whoever knows how to do it takes it up.
    with store.writing() as tx:
        add_job(tx, "tomorrow's", {"number": 3}, worker="gone", now=NOW)
    assert Jobs(lambda: store, {"tomorrow's": TWICE}, clock).resume() == 1


def test_a_store_that_goes_away_ends_no_work_for_good(store):
    """What could not be told done is done again by the same process, which goes on working."""
    clock, away, runs = Clock(), threading.Event(), []

    def here():
        if away.is_set():
            raise UnavailableError("database-gone", "the database did not answer")
        return store

    def counted_once(request, control):
        runs.append(request["number"])
        if len(runs) == 1:
            away.set()
        return request["number"] * 2

    jobs = Jobs(here, {"twice": Work(counted_once, dump=str, load=int)}, clock)
    job = jobs.start("twice", {"number": 4})
    assert away.wait(10)
    time.sleep(0.2)
    away.clear()
    assert jobs.find(job.id).state == "running"
    assert jobs.resume() == 0
    clock.now += timedelta(minutes=5)
    assert jobs.resume() == 1
    assert waited(jobs, job, "done").result == 8
    assert runs == [4, 4]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux alone")
def test_long_work_goes_behind_visitors_with_all_its_threads(store):
    def told(request, control):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(os.getpriority, os.PRIO_PROCESS, 0).result()

    jobs = Jobs(lambda: store, {"told": Work(told, dump=str, load=int)}, Clock())
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert waited(jobs, jobs.start("told"), "done").result == max(before, BEHIND)
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_work_that_gives_signs_is_left_alone(store):
    clock = Clock()
    go_on = threading.Event()
    alive = Jobs(lambda: store, {"twice": Work(lambda request, control: go_on.wait(20))}, clock)
    running = alive.start("twice")
    waited(alive, running, "running")
    clock.now = NOW + timedelta(minutes=5)
    alive.beat()
    assert Jobs(lambda: store, {"twice": TWICE}, clock).resume() == 0
    go_on.set()
    assert waited(alive, running, "done").state == "done"


def test_what_waits_is_not_queued_twice(store):
    go_on = threading.Event()
    jobs = Jobs(lambda: store, {"slow": Work(lambda request, control: go_on.wait(20))}, Clock())
    first = jobs.start("slow", {"day": 1})
    waited(jobs, first, "running")
    # What is under way may rest on what has changed since: the same is done anew, once.
    again = jobs.start("slow", {"day": 1})
    assert again.id != first.id
    assert jobs.start("slow", {"day": 1}).id == again.id
    other = jobs.start("slow", {"day": 2})
    assert other.id not in {first.id, again.id}
    go_on.set()
    assert waited(jobs, other, "done").state == "done"
    assert {job.state for job in jobs.latest()} == {"done"}


def test_two_processes_do_one_of_a_kind_at_a_time(store):
    together, most, lock = 0, 0, threading.Lock()

    def counts(request, control):
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        control.tell("half", 0.0)
        time.sleep(0.3)
        with lock:
            together -= 1

    one, two = (Jobs(lambda: store, {"slow": Work(counts), "other": TWICE}, Clock()) for _ in range(2))
    started = [jobs.start("slow", {"n": n, "by": jobs.worker}) for n in range(2) for jobs in (one, two)]
    for job in started:
        assert waited(one, job, "done").state == "done"
    assert most == 1


def _die_at_work(database, clock):
    """In a process of its own: begin what is left or something new, and be killed in the midst of it."""

    def dies(request, control):
        control.tell("half", 0.5)
        os.kill(os.getpid(), signal.SIGKILL)

    store = Store(database)
    jobs = Jobs(lambda: store, {"twice": Work(dies)}, clock)
    if not jobs.resume(silent=timedelta(0)):
        jobs.start("twice", {"number": 3})
    time.sleep(30)


def killed(database, clock):
    """Have work begun by a process that is killed in the midst of it."""
    process = multiprocessing.get_context("fork").Process(target=_die_at_work, args=(database, clock), daemon=True)
    process.start()
    process.join(25)
    assert process.exitcode == -signal.SIGKILL


def test_work_whose_process_is_killed_is_done_again_and_cut_twice_waits_for_a_word(store):
    clock = Clock()
    killed(store.url, clock)
    clock.now += timedelta(minutes=1)
    fresh = Jobs(lambda: store, {"twice": TWICE}, clock)
    (left,) = fresh.latest()
    assert left.state == "running"
    assert fresh.resume(silent=timedelta(0)) == 1
    assert waited(fresh, left, "done").result == 6

    clock.now += timedelta(minutes=1)
    killed(store.url, clock)
    clock.now += timedelta(minutes=1)
    with store.writing() as tx:
        # A process that stops before it has begun costs the work nothing.
        assert [job.kind for job in claim_abandoned(tx, "short", ["twice"], now=clock(), silent=timedelta(0))] == [
            "twice"
        ]
    clock.now += timedelta(minutes=1)
    killed(store.url, clock)
    clock.now += timedelta(minutes=1)
    assert fresh.resume(silent=timedelta(0)) == 0
    cut = fresh.latest()[0]
    assert (cut.state, cut.finished) == ("interrupted", True)
    assert not fresh.cancel(cut.id)
    assert waited(fresh, fresh.start_again(cut, who="planner"), "done").result == 6
