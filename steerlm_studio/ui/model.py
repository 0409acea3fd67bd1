"""The model file that the window works with, and what it says about itself."""

from dataclasses import dataclass
from pathlib import Path

from steerlm_studio import resources
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Ready
from steerlm_studio.sampling import preset_for
from steerlm_studio.server_address import address_of
from steerlm_studio.steer.family import Family, family_of
from steerlm_studio.steer.schema import Schema, schema_named
from steerlm_studio.steer.template import Template
from steerlm_studio.ui.server import Server


@dataclass(frozen=True)
class Model:
    """A file, and the engine's word on it once it is loaded."""

    path: Path
    ready: Ready | None = None
    server: Server | None = None  # then `path` is its address, for lists and names alone
    layout: Template | None = None  # the user's own switches of the prompt's layout

    @property
    def is_demo(self) -> bool:
        return self.path == resources.demo_model()

    @property
    def name(self) -> str:
        if self.is_demo:
            return "Demo"
        named = self.ready.name if self.ready else ""
        return named or (address_of(self.server.url).place if self.server else self.path.stem)

    @property
    def caption(self) -> str:
        """Name and quantization."""
        quant = self.ready.quant if self.ready else ""
        return " · ".join(piece for piece in (self.name, quant) if piece)

    @property
    def is_on_cpu(self) -> bool:
        """No layer is on a GPU."""
        ready = self.ready if self.server is None else None
        return ready is not None and not ready.layers_offloaded

    @property
    def schema(self) -> Schema | None:
        """The attributes it was trained with; None when the file does not say."""
        named = self._says("steerlm.schema")
        try:
            return schema_named(named) if named else None
        except StudioError:
            return None

    @property
    def family(self) -> Family:
        """Attributes and template as the file says them, else as its name makes likely."""
        said = self.ready.metadata if self.ready else {}
        return family_of({"general.name": self.path.stem} | said)

    @property
    def is_steerlm(self) -> bool:
        """Whether it was trained on attributes, as far as the file or its name says."""
        return not self.family.guessed or "steerlm" in f"{self.path.name} {self.name}".lower()

    @property
    def template(self) -> Template:
        """The user's layout, else the one the file names, else that of its family."""
        if self.layout is not None:
            return self.layout
        return self.family.template

    @property
    def sampling_preset(self) -> str:
        return preset_for(self.ready.metadata if self.ready else {})

    def _says(self, key: str) -> str:
        return self.ready.metadata.get(key, "") if self.ready else ""
