"""What the steering panel shows, as a value: a preset, and the steering it has become."""

from dataclasses import dataclass, replace

from steerlm_studio.steer.presets import Preset
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import DEFAULT, Steering, default_steering

DEFAULT_PRESET = Preset("Default", "What the model card recommends.", DEFAULT, shipped=True)


def fitted(steering: Steering, schema: Schema) -> Steering:
    """The values that `schema` shares with `steering`; the rest as its family recommends."""
    if steering.schema == schema:
        return steering
    known = steering.as_dict()
    start = default_steering(schema)
    changes: dict[str, int | str | None] = {
        name: value for name, value in known.items() if name in schema.names
    }
    if steering.schema.languages and schema.languages:
        changes["lang"] = steering.lang if steering.lang in schema.languages else None
    return start.with_values(changes)


@dataclass(frozen=True)
class State:
    """One moment of the panel; undo goes back to an earlier one."""

    steering: Steering = DEFAULT
    preset: Preset = DEFAULT_PRESET

    @property
    def preset_steering(self) -> Steering:
        """What the preset says, in the schema that is shown."""
        return fitted(self.preset.steering, self.steering.schema)

    def having(self, key: str, value: int | str | None) -> "State":
        return replace(self, steering=self.steering.with_values({key: value}))

    def picking(self, preset: Preset) -> "State":
        return State(fitted(preset.steering, self.steering.schema), preset)

    def in_schema(self, schema: Schema) -> "State":
        return replace(self, steering=fitted(self.steering, schema))
