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


def test_without_groups_the_machine_s_memory_counts(tmp_path):
    found = memory(tmp_path / "none", tmp_path / "nothing")
    assert 0 < found.free <= found.total
