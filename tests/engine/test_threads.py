import os
import random
import time

from steerlm_studio.engine.threads import IdleCores, Threads


class Machine:
    """A machine of two cores on which another program may run; its clock moves by steps."""

    def __init__(self, busy=None, most=2):
        self.now = 0.0
        self.load = busy
        self._random = random.Random(4)
        self.threads = Threads(most, clock=lambda: self.now, idle=lambda: self.idle())
        self.idle = lambda: float("inf")

    def seconds(self):
        """A step's: as measured on two cores, more cores being a little better each."""
        slower = {None: 1.0, "busy": 4.2, "crowded": 100.0}[self.load]
        count = self.threads.count
        usual = 0.028 / count**0.8 * (slower if count > 1 else 1.0)
        return usual * self._random.uniform(0.9, 1.15)

    def run(self, seconds):
        """Step for a while; returns the counts of the steps."""
        counts, until = [], self.now + seconds
        while self.now < until:
            counts.append(self.threads.count)
            step = self.seconds()
            self.now += step
            self.threads.observe(step)
        return counts


def share(counts, count):
    return counts.count(count) / len(counts)


def test_a_quiet_machine_is_used_whole():
    assert share(Machine().run(20), 2) > 0.95


def test_another_program_lowers_the_count_within_a_few_steps():
    machine = Machine()
    machine.run(20)
    machine.load = "busy"
    assert 1 in machine.run(0.4)
    assert share(machine.run(20), 1) > 0.9


def test_a_machine_that_is_busy_from_the_start_is_found_out_at_once():
    machine = Machine()
    machine.load = "busy"
    machine.run(1)
    assert share(machine.run(20), 1) > 0.9


def test_more_threads_are_not_even_tried_while_no_core_is_idle():
    """One step of such a trial took 1.3 s beside a busy program, which a reader sees as a stop."""
    machine = Machine(most=2)
    machine.load = "crowded"
    machine.idle = lambda: 2.0 - machine.threads.count - (machine.load is not None)
    machine.threads.climb()
    assert set(machine.run(60)) == {1}
    machine.load = None
    assert share(machine.run(60), 2) > 0.9


def test_idle_cores_are_those_of_the_time_since_the_last_look():
    idle = IdleCores()
    until = time.monotonic() + 0.2
    while time.monotonic() < until:
        pass
    assert -0.1 <= idle() <= (os.cpu_count() or 1) - 0.5


def test_the_count_comes_back_when_the_machine_is_quiet_again():
    machine = Machine()
    machine.load = "busy"
    machine.run(30)
    machine.load = None
    machine.run(35)
    assert share(machine.run(20), 2) > 0.9


def test_a_fixed_count_stays():
    machine = Machine()
    machine.threads.fix(2)
    machine.load = "busy"
    assert share(machine.run(10), 2) == 1


def test_zero_adapts_again_after_a_fixed_count():
    machine = Machine()
    machine.threads.fix(1)
    machine.threads.fix(0)
    assert share(machine.run(20), 2) > 0.9


def test_one_core_is_never_exceeded():
    threads = Threads(1)
    assert {threads.observe(seconds) for seconds in (0.01, 0.5, 0.5, 0.5)} == {1}
    assert threads.settled


def test_wider_steps_are_not_taken_for_slow_ones():
    machine = Machine()
    machine.run(10)
    counts = [machine.threads.observe(0.05, width=8) for _ in range(50)]
    assert set(counts) == {2}


def test_climbing_ends_at_all_cores_of_a_quiet_machine():
    machine = Machine(most=12)
    assert machine.threads.climb() == 1
    machine.run(1)
    assert machine.threads.settled
    assert machine.threads.count == 12


def test_climbing_ends_at_one_on_a_busy_machine():
    machine = Machine("busy", most=12)
    machine.threads.climb()
    assert share(machine.run(20), 1) > 0.9


def test_trying_more_threads_on_a_crowded_machine_costs_one_step_at_a_time():
    machine = Machine("crowded")
    machine.threads.climb()
    counts = machine.run(200)
    assert counts.count(2) <= 12


def test_one_very_slow_step_is_enough():
    machine = Machine()
    machine.run(20)
    machine.load = "crowded"
    assert machine.run(3).count(2) <= 2


def test_a_fixed_count_does_not_climb():
    threads = Threads(4, fixed=3)
    assert threads.climb() == 3
