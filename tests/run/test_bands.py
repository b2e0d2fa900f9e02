from __future__ import annotations

import pytest

from geocairn.errors import InputError
from geocairn.run.bands import choose, match_band, parse_mapping
from geocairn.run.scenes import SceneBand
from geocairn.sensors import LANDSAT_OLI, LANDSAT_TM, SENTINEL2_MSI, Band

RED = Band(name="red", common_name="red", center_wavelength=0.665, full_width_half_max=0.03)
S2_B4 = SENTINEL2_MSI.band("B4")
assert S2_B4 is not None


def offered(*names: str, **more: object) -> list[SceneBand]:
    return [SceneBand(name=name, index=n) for n, name in enumerate(names, start=1)]


@pytest.mark.parametrize("name", ["B4", "B04", "b04", "SR_B4", "sr_b4", "Band 4", "band_4"])
def test_names_are_written_in_many_ways(name: str) -> None:
    found = match_band(S2_B4, offered("B3", name, "B5")).found
    assert found is not None
    assert found.index == 2


def test_b8a_is_not_b8() -> None:
    nir = SENTINEL2_MSI.band("B8")
    assert nir is not None
    found = match_band(nir, offered("B8A", "B08")).found
    assert found is not None
    assert found.name == "B08"


@pytest.mark.parametrize("name", ["red", "Red", "R"])
def test_colours_as_names(name: str) -> None:
    assert match_band(RED, offered("blue", name)).reason in (f"has the name {name}", "is red")


def test_names_of_models_may_be_colours_of_scenes() -> None:
    band = SceneBand(name="B04", common_name="red")
    assert match_band(Band(name="red"), [band]).found is band
    assert match_band(S2_B4, [SceneBand(name="", common_name="red")]).found is not None


def test_by_wavelength() -> None:
    bands = [
        SceneBand(name="u1", wavelength=0.56),
        SceneBand(name="u2", wavelength=0.67, index=2),
        SceneBand(name="u3", wavelength=0.84, index=3),
    ]
    match = match_band(RED, bands)
    assert match.found is bands[1]
    assert "0.67 µm" in match.reason
    assert match_band(Band(name="swir", center_wavelength=1.6), bands).found is None


def test_a_name_is_not_trusted_against_colour_or_wavelength() -> None:
    landsat5 = LANDSAT_TM.band("B4")
    assert landsat5 is not None
    nir = SceneBand(name="B4", common_name="nir", wavelength=landsat5.center_wavelength)
    red = SceneBand(name="B3", common_name="red", wavelength=0.66, index=2)
    assert match_band(S2_B4, [nir, red]).found is red
    bare = SceneBand(name="B4", wavelength=0.83)
    assert match_band(S2_B4, [bare]).found is None


def test_near_infrared_of_landsat_for_sentinel() -> None:
    nir = Band(name="nir", common_name="nir")
    landsat = LANDSAT_OLI.band("B5")
    assert landsat is not None
    one = SceneBand(name="SR_B5", common_name=landsat.common_name or "")
    assert "nearly nir" in match_band(nir, [one]).reason


def test_bands_without_names_are_taken_in_order_if_none_is_left_over() -> None:
    wanted = [RED, Band(name="nir")]
    nameless = [SceneBand(index=1), SceneBand(index=2)]
    found = choose(wanted, nameless)
    assert [match.found for match in found] == nameless
    assert "by its place" in found[0].reason
    more = [*nameless, SceneBand(index=3)]
    assert [match.found for match in choose(wanted, more)] == [None, None]


def test_bands_that_repeat_take_the_same_band() -> None:
    wanted = [RED, Band(name="nir"), RED, Band(name="nir")]
    one, two = nameless = [SceneBand(index=1), SceneBand(index=2)]
    assert [match.found for match in choose(wanted, nameless)] == [one, two, one, two]


def test_what_the_user_says_comes_first() -> None:
    bands = offered("red", "x", "y")
    found = choose([RED, Band(name="nir")], bands, given={"RED": 3, "nir": "x"})
    assert [match.found for match in found] == [bands[2], bands[1]]
    assert {match.reason for match in found} == {"as told"}


@pytest.mark.parametrize("given", [{"red": 4}, {"red": 0}, {"red": "z"}, {"swir": 1}])
def test_bands_that_are_not_there(given: dict[str, int | str]) -> None:
    with pytest.raises(InputError, match="no band") as caught:
        choose([RED], offered("a", "b", "c"), given=given)
    assert caught.value.remedy


def test_mappings_are_read() -> None:
    assert parse_mapping("red=3, green=B03 ,") == {"red": 3, "green": "B03"}
    for text in ("red", "=3", "red=", "red:3"):
        with pytest.raises(InputError, match="no pair"):
            parse_mapping(text)
