"""What is free is what the tightest limit leaves."""

from steerlm_studio.memory_free import memory


def test_a_container_s_limit_counts(tmp_path):
    own = tmp_path / "cgroup"
    own.write_text("0::/outer/inner\n")
    inner = tmp_path / "groups" / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "memory.max").write_text("max\n")
    (inner / "memory.current").write_text("5\n")
    (inner.parent / "memory.max").write_text("1000000\n")
    (inner.parent / "memory.current").write_text("700000\n")
    (inner.parent / "memory.stat").write_text("anon 5\ninactive_file 100000\n")
    found = memory(tmp_path / "groups", own)
    assert (found.free, found.total) == (400_000, 1_000_000)


def test_a_limit_of_the_older_control_groups_counts(tmp_path):
    own = tmp_path / "cgroup"
    own.write_text("12:cpu,cpuacct:/there\n9:memory:/docker/abc\n0::/\n")
    root = tmp_path / "groups" / "memory"  # a container sees its own group here
    root.mkdir(parents=True)
    (root / "memory.limit_in_bytes").write_text("1000000\n")
    (root / "memory.usage_in_bytes").write_text("700000\n")
    (root / "memory.stat").write_text("inactive_file 5\ntotal_inactive_file 100000\n")
    found = memory(tmp_path / "groups", own)
    assert (found.free, found.total) == (400_000, 1_000_000)
    (root / "memory.limit_in_bytes").write_text("9223372036854771712\n")  # none
    assert memory(tmp_path / "groups", own).total > 1_000_000


def test_without_groups_the_machine_s_memory_counts(tmp_path):
    found = memory(tmp_path / "none", tmp_path / "nothing")
    assert 0 < found.free <= found.total
