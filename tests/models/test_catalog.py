from steerlm_studio.models.catalog import catalogue, catalogued
from steerlm_studio.models.licences import licence_named
from steerlm_studio.steer.schema import SCHEMAS
from steerlm_studio.steer.template import TEMPLATES


def test_every_catalogued_model_has_a_known_schema_template_and_licence():
    assert len(catalogue()) >= 5
    for model in catalogue():
        assert model.schema in SCHEMAS
        assert model.template in TEMPLATES
        assert licence_named(model.licence).link
        assert model.bundled or model.where.startswith("https://huggingface.co/")
        assert model.limitations


def test_the_model_this_program_is_made_for_has_its_card():
    model = catalogued("NVIDIA/Nemotron-3-8B-chat-4k-SteerLM")
    assert model is not None
    assert (model.gated, model.converts, model.context) == (True, True, 4096)
    assert model.mt_bench["total"] == 5.47
    assert model.mt_bench["coding"] == 1.65
    assert len(model.mt_bench) == 9
    assert licence_named(model.licence).asks


def test_an_unknown_repository_is_not_catalogued():
    assert catalogued("ada/steer") is None
    assert catalogued("") is None
