"""What is shipped: the Debian package around a bundle, and the licences of what it carries."""

import configparser
import importlib
import os
import runpy
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from xml.etree import ElementTree

import licences
import package
import pytest
import system_licences

DEBIAN = package.ROOT / "packaging" / "debian"


@pytest.fixture(scope="module")
def listing(tmp_path_factory):
    """What the package of a tiny bundle holds."""
    folder = tmp_path_factory.mktemp("package")
    patch = pytest.MonkeyPatch()
    patch.setattr(package, "WORK", folder / "work")
    patch.setattr(package, "DIST", folder)
    bundle = folder / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / package.NAME).write_text("#!/bin/sh\necho hello\n")
    (bundle / "_internal" / "libx.so").touch(0o700)
    (folder / "work").mkdir()
    (folder / "work" / "THIRD-PARTY-LICENCES.txt").write_text("all of them")
    before = os.umask(0o077)
    deb = package.debian_package(bundle)
    os.umask(before)
    patch.undo()
    said = [
        subprocess.run(["dpkg-deb", option, deb], capture_output=True, text=True, check=True)
        for option in ("--contents", "--field")
    ]
    return [each.stdout for each in said]


def test_the_package_brings_menu_entry_file_type_icons_and_licences(listing):
    contents, _ = listing
    for path in (
        "/usr/lib/steerlm-studio/steerlm-studio",
        "/usr/bin/steerlm-studio -> ../lib/steerlm-studio/steerlm-studio",
        "/usr/share/applications/steerlm-studio.desktop",
        "/usr/share/mime/packages/steerlm-studio.xml",
        "/usr/share/metainfo/io.github.steerlm_studio.SteerLMStudio.metainfo.xml",
        "/usr/share/icons/hicolor/16x16/apps/steerlm-studio.png",
        "/usr/share/icons/hicolor/512x512/apps/steerlm-studio.png",
        "/usr/share/icons/hicolor/scalable/apps/steerlm-studio.svg",
        "/usr/share/doc/steerlm-studio/THIRD-PARTY-LICENCES.txt",
        "/usr/share/doc/steerlm-studio/changelog.gz",
        "/usr/share/doc/steerlm-studio/copyright",
    ):
        assert f".{path}\n" in contents


def test_nothing_in_the_package_belongs_to_whoever_built_it(listing):
    contents, _ = listing
    assert {line.split()[1] for line in contents.splitlines()} == {"root/root"}


def test_everybody_may_read_the_package_whatever_the_umask_of_who_built_it(listing):
    """Under umask 077 nobody but root could start the program."""
    contents, _ = listing
    modes = {line.split()[-1]: line.split()[0] for line in contents.splitlines() if line[0] in "-d"}
    program = modes.pop("./usr/lib/steerlm-studio/steerlm-studio")
    assert program == "-rwxr-xr-x"
    assert set(modes.values()) == {"drwxr-xr-x", "-rw-r--r--"}


def test_the_package_says_what_it_needs_of_the_system(listing):
    _, fields = listing
    assert "Package: steerlm-studio\n" in fields
    assert "Depends: libc6 (>= 2." in fields
    assert "libxcb-cursor0" in fields


def test_the_menu_entry_opens_model_files():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DEBIAN / "steerlm-studio.desktop", encoding="utf-8")
    known = ElementTree.parse(DEBIAN / "steerlm-studio.xml").getroot()
    kind = known.find("{*}mime-type")
    assert entry["Desktop Entry"]["Exec"] == "steerlm-studio %F"
    assert kind is not None
    assert kind.get("type") in entry["Desktop Entry"]["MimeType"]
    assert kind.find("{*}glob").get("pattern") == "*.gguf"
    assert kind.find("{*}icon").get("name") == entry["Desktop Entry"]["Icon"]


def test_pip_brings_what_desktops_read_to_the_same_places_as_the_package(listing):
    contents, _ = listing
    with (package.ROOT / "pyproject.toml").open("rb") as file:
        wheel = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]
    for source, target in wheel["shared-data"].items():
        assert (package.ROOT / source).is_file()
        assert f"./usr/{target}\n" in contents


def test_appstream_names_the_menu_entry_and_this_version():
    about = ElementTree.parse(DEBIAN / "steerlm-studio.metainfo.xml").getroot()
    assert about.findtext("launchable") == "steerlm-studio.desktop"
    assert about.find("releases/release").get("version") == package.__version__


def test_torch_with_cuda_is_not_packed(monkeypatch):
    """A bundle of 5.1 GB came out of an environment made by `make package` alone."""
    assert package.torch_for_graphics() == ""
    monkeypatch.setattr("torch.version.cuda", "13.0")
    assert package.torch_for_graphics() == "CUDA 13.0"
    monkeypatch.setattr("sys.argv", ["package.py"])
    monkeypatch.setattr(package, "_bundle", lambda: pytest.fail("it was packed"))
    with pytest.raises(SystemExit, match="build for the CPU"):
        package.main()


def test_licences_follow_what_the_packages_need():
    names = {each.name.lower() for each in licences.needed(["pytest-qt"])}
    assert {"pytest-qt", "pytest", "pluggy"} <= names
    assert "pyqtgraph" not in names


def test_an_entry_carries_the_licence_text_that_came_with_the_package():
    text = licences.entry(distribution("pytest"))
    assert f"pytest {distribution('pytest').version}" in text
    assert "Permission is hereby granted" in text


def test_libraries_of_the_system_bring_their_licences(tmp_path):
    """The texts once lacked Python's, llama.cpp's and those of sixty libraries of Debian."""
    inside = tmp_path / "_internal"
    inside.mkdir()
    for name in ("libc.so.6", "libQt6Core.so.6", "libllama.so"):
        (inside / name).touch()
    text = system_licences.text_for(tmp_path)
    for words in ("\nlibc6, of Debian\n", "\nllama.cpp and ggml\n", "PYTHON SOFTWARE FOUNDATION",
                  "\nLGPL-3\n"):  # fmt: skip
        assert words in text
    (inside / "libnobody-knows-me.so.7").touch()
    with pytest.raises(LookupError, match=r"libnobody-knows-me.so.7"):
        system_licences.text_for(tmp_path)


def test_a_package_that_is_not_installed_is_passed_over():
    assert list(licences.needed(["no-such-package"])) == []


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An environment with a CUDA build of llama.cpp and NVIDIA's libraries."""
    for file in (
        "llama_cpp/__init__.py",
        *(f"llama_cpp/lib/lib{name}.so{end}" for end in ("", ".0", ".0.25.3")
          for name in ("llama", "ggml", "ggml-cuda")),
        "nvidia/cu13/lib/libcudart.so.13",
        "nvidia/cu13/lib/libcublas.so.13",
        "nvidia/cu13/lib/libcublasLt.so.13",
        "nvidia/cu13/lib/libnvblas.so.13",
    ):  # fmt: skip
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [n for n in sys.modules if n.partition(".")[0] in ("llama_cpp", "nvidia")]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    return tmp_path


def test_a_bundle_carries_each_library_of_llama_cpp_and_cuda_once(site):
    """A bundle after `make cuda` had none of CUDA's and did not load its llama.cpp."""
    hook = package.ROOT / "packaging" / "bundle" / "hook-llama_cpp.py"
    carried = runpy.run_path(str(hook))["binaries"]
    assert sorted(f"{folder}/{os.path.basename(path)}" for path, folder in carried) == [
        "llama_cpp/lib/libggml-cuda.so.0",
        "llama_cpp/lib/libggml.so.0",
        "llama_cpp/lib/libllama.so",
        "nvidia/cu13/lib/libcublas.so.13",
        "nvidia/cu13/lib/libcublasLt.so.13",
        "nvidia/cu13/lib/libcudart.so.13",
    ]


def test_a_build_for_the_cpu_carries_nothing_of_cuda(site):
    for file in site.glob("llama_cpp/lib/libggml-cuda.so*"):
        file.unlink()
    hook = package.ROOT / "packaging" / "bundle" / "hook-llama_cpp.py"
    folders = {folder for _, folder in runpy.run_path(str(hook))["binaries"]}
    assert folders == {"llama_cpp/lib"}
