"""What honest items do and no rule may blame, and near misses that it must: side by side."""

from __future__ import annotations

from typing import Any

import pytest

from geocairn.checks import REMOVED, Checker
from geocairn.checks.examples import ITEM
from geocairn.checks.rule import patched

IN = "/properties/mlm:input/0"
OUT = "/properties/mlm:output/0"
W = "/assets/weights"
SHA256 = "7ac66c0f148de9519b8bd264312c4d64f6c8f2c0a5a5c7bb4f0fd1a2b9d0c1e4"


def image(href: str) -> dict[str, Any]:
    return {"/assets/runtime": {"href": href, "roles": ["mlm:inference-runtime"]}}


def artifact(kind: str, name: str, **more: Any) -> dict[str, Any]:
    href = f"https://models.example.org/{name}"
    return {f"{W}/mlm:artifact_type": kind, f"{W}/href": href} | {
        f"{W}/{key.replace('_', ':', 1)}": value for key, value in more.items()
    }


HONEST: dict[str, dict[str, Any]] = {
    "a scene classifier with an index for its result": {
        f"{OUT}/result": {"shape": [-1, 1], "dim_order": ["batch", "class"], "data_type": "uint8"},
        f"{OUT}/classification:classes/-": {"value": 2, "name": "ice", "description": "Ice"},
    },
    "a binary classifier with one score": {
        f"{OUT}/result": {"shape": [-1, 1], "dim_order": ["batch", "class"], "data_type": "float32"}
    },
    "an output without classes": {f"{OUT}/classification:classes": []},
    "any image size": {f"{IN}/input/shape": [-1, 4, -1, -1]},
    "a model for any bands": {
        f"{IN}/bands": [],
        f"{IN}/input/dim_order": ["batch", "channel", "height", "width"],
        f"{IN}/input/shape": [-1, -1, 224, 224],
        f"{IN}/value_scaling": None,
    },
    "bands turned into others by a function": {
        f"{IN}/input/shape": [-1, 1, 256, 256],
        f"{IN}/value_scaling": None,
        f"{IN}/pre_processing_function": {"format": "gdal-calc", "expression": "(A - B) / (A + B)"},
    },
    "one scaling for all": {f"{IN}/value_scaling": [{"type": "scale", "value": 10000}]},
    "clipping at one end": {f"{IN}/value_scaling": [{"type": "clip-min", "minimum": 0}]},
    "open TorchScript": artifact("torch.jit.save", "a.pt", mlm_compile_method="jit"),
    "exported ahead of time": artifact("torch.export.save", "a.pt2", mlm_compile_method="aot"),
    "safetensors of PyTorch": artifact("safetensors.torch.save_file", "a.safetensors"),
    "a checkpoint of Lightning": artifact("torch.save", "a.ckpt"),
    "an address without ending": artifact("torch.save", "download?id=3"),
    "a compressed file": artifact("torch.save", "weights.pth.gz"),
    "a type of one's own": artifact("tflite", "a.tflite", type="application/octet-stream"),
    "an unknown framework": {"/properties/mlm:framework": "Detectron"},
    "a framework beside its version": {"/properties/mlm:architecture": "YOLOv8.1"},
    "a digest instead of a tag": image(f"ghcr.io/d/f@sha256:{SHA256}"),
    "a registry with a port": image("registry.example.org:5000/d/f:1.2"),
    "a file of Hugging Face": {f"{W}/href": "https://huggingface.co/d/f/resolve/main/w.pt"},
    "a page that is meant as one": {
        "/assets/source/href": "https://github.com/d/f/blob/v1/predict.py"
    },
    "a bucket": {f"{W}/href": "s3://models/d/f/weights.pt"},
    "a checksum of MD5": {f"{W}/file:checksum": "d50110" + "0" * 32},
    "a checksum of SHA-512": {f"{W}/file:checksum": "1340" + "a" * 128},
    "a checksum of BLAKE3": {f"{W}/file:checksum": "1e20" + "b" * 64},
    "training from scratch": {
        "/properties/mlm:pretrained": False,
        "/properties/mlm:pretrained_source": None,
    },
    "nothing said of pretraining": {
        "/properties/mlm:pretrained": REMOVED,
        "/properties/mlm:pretrained_source": REMOVED,
    },
    "no accelerator needed": {"/properties/mlm:accelerator": None},
    "quantised to four bits": {"/properties/mlm:memory_size": 12_300_000},
    "a moment instead of an interval": {
        "/properties/datetime": "2021-06-01T12:30:00Z",
        "/properties/start_datetime": REMOVED,
        "/properties/end_datetime": REMOVED,
    },
    "fractions of a second": {
        "/properties/start_datetime": "2018-06-01T00:00:00.000Z",
        "/properties/end_datetime": "2018-06-01T00:00:00Z",
    },
    "an interval that starts with a century": {
        "/properties/start_datetime": "2000-01-01T00:00:00Z"
    },
    "created at new year, updated later": {"/properties/created": "2024-01-01T00:00:00Z"},
    "a licence of one's own": {"/properties/license": "LicenseRef-delta-terms"},
    "an id with tilde and dots": {"/id": "a~b.c_d-1"},
    "an id in another script": {"/id": "洪水-1"},
    "a producer among others": {
        "/properties/providers": [
            {"name": "Host", "roles": ["host"]},
            {"name": "Maker", "roles": ["processor", "producer"]},
        ]
    },
    "a softmax after raw scores": {
        "/properties/mlm:hyperparameters/hidden_activation": "sigmoid",
        f"{OUT}/post_processing_function": {"format": "python", "expression": "torch.softmax"},
    },
    "argmax after a sigmoid inside": {
        "/properties/mlm:hyperparameters/final_activation": "sigmoid",
        f"{OUT}/post_processing_function": {"format": "python", "expression": "numpy.argmax"},
    },
}

WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "more classes than one score can tell": (
        "MLM014",
        {
            f"{OUT}/result": {
                "shape": [-1, 1],
                "dim_order": ["batch", "class"],
                "data_type": "float32",
            },
            f"{OUT}/classification:classes/-": {"value": 2, "name": "ice", "description": "Ice"},
        },
    ),
    "classes free though listed": ("MLM012", {f"{OUT}/result/shape": [-1, -1, 256, 256]}),
    "a band of the second input": (
        "MLM030",
        {
            "/properties/mlm:input/-": {
                "name": "more",
                "bands": ["B99"],
                "input": {"shape": [1, 1], "dim_order": ["batch", "bands"], "data_type": "uint8"},
            }
        },
    ),
    "statistics of another unit": (
        "MLM043",
        {"/properties/bands/0/data_type": "uint8"},
    ),
    "a spread wider than the type": ("MLM043", {f"{IN}/value_scaling/0/stddev": 40000}),
    "equal limits": (
        "MLM041",
        {f"{IN}/value_scaling": [{"type": "clip", "minimum": 1, "maximum": 1}]},
    ),
    "a memory in megabytes": ("MLM061", {"/properties/mlm:memory_size": 98}),
    "a file of another model": ("MLM061", {f"{W}/file:size": 400_000_000_000}),
    "PyTorch by another name": ("MLM070", {"/properties/mlm:framework": "Py-Torch"}),
    "a media type of another framework": (
        "MLM074",
        {f"{W}/type": "application/octet-stream; framework=tensorflow"},
    ),
    "two activations in a row": (
        "MLM080",
        {
            f"{OUT}/post_processing_function": [
                {"format": "python", "expression": "torch.sigmoid"},
                {"format": "python", "expression": "scipy.special.expit"},
            ]
        },
    ),
    "a bare SHA-256": ("STAC010", {f"{W}/file:checksum": SHA256}),
    "a digest cut short": ("STAC010", {f"{W}/file:checksum": f"1220{SHA256[:40]}"}),
    "a drive of Windows": ("STAC020", {f"{W}/href": "C:\\models\\weights.pt"}),
    "a home folder": ("STAC020", {f"{W}/href": "~/models/weights.pt"}),
    "a file address": ("STAC020", {f"{W}/href": "file:///tmp/weights.pt"}),
    "a script behind spaces": ("STAC021", {"/links/1/href": "JaVaScRiPt:alert(1)"}),
    "an embedded page": ("STAC021", {"/assets/source/href": "data:text/html,x"}),
    "an escape in percent": ("STAC022", {f"{W}/href": "%2e%2e/weights.pt"}),
    "latest in disguise": ("STAC024", image("ghcr.io/d/f:latest-gpu")),
    "a port, but no tag": ("STAC024", image("registry.example.org:5000/d/f")),
    "an image in a function": (
        "STAC024",
        {f"{OUT}/post_processing_function": {"format": "docker", "expression": "ghcr.io/d/f"}},
    ),
    "a name that Windows reserves": ("STAC070", {"/id": "con.model"}),
    "a hidden id": ("STAC070", {"/id": ".model"}),
    "a long id": ("STAC070", {"/id": "x" * 300}),
    "an empty version": ("STAC072", {"/properties/version": ""}),
    "end before start, with fractions": (
        "STAC041",
        {
            "/properties/start_datetime": "2018-06-01T00:00:00.500Z",
            "/properties/end_datetime": "2018-06-01T00:00:00Z",
        },
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest(checker: Checker, name: str) -> None:
    findings = checker.item(patched(ITEM, HONEST[name]))
    assert [(f.code, f.path, f.message) for f in findings if f.kind != "schema"] == []


@pytest.mark.parametrize("name", WRONG)
def test_wrong(checker: Checker, name: str) -> None:
    code, patch = WRONG[name]
    found = {f.code for f in checker.item(patched(ITEM, patch)) if f.kind != "schema"}
    assert found == {code}
