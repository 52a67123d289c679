"""The figures of the model card, written from the manifest so that card and model cannot disagree. Pure."""

from __future__ import annotations

from typing import Any


def card(manifest: dict[str, Any]) -> str:
    """Markdown tables of every figure with its 95 % interval: of writers never seen, and of all held-out texts."""
    metrics = manifest["metrics"]
    new, every = _figures(metrics["new_writers"]), _figures(metrics)
    limits = ", ".join(f"{name} {value:.3f}" for name, value in sorted(manifest["thresholds"].items()))
    return "\n".join(
        [
            f"Model `{manifest['version']}`, {manifest['data']['texts']} texts. Thresholds: {limits}.",
            "",
            "| figure | writers never seen | 95 % interval | n | all held-out texts | 95 % interval | n |",
            "|---|---|---|---|---|---|---|",
            *(f"| {name} | {_cells(new[name])} | {_cells(value)} |" for name, value in every.items() if name in new),
        ]
    )


def _figures(metrics: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = {
        "accuracy, acceptable second fields counted": metrics["accuracy"],
        "accuracy, first label only": metrics["accuracy_first_label_only"],
        "accuracy without tone marks": metrics["accuracy_without_marks"],
        "an acceptable field among the first three": metrics["top3"],
        "answered without abstaining": metrics["answered"],
        "right when answered": metrics["right_when_answered"],
        "expected calibration error": {"rate": metrics["calibration_error"]},
    }
    rows |= {f"recall: {name}": value for name, value in metrics["recall_by_category"].items()}
    rows |= {f"accuracy, style {name}": value for name, value in metrics["accuracy_by_style"].items()}
    for head, values in metrics["heads"].items():
        rows |= {f"{head}: {what.replace('_', ' ')}": value for what, value in values.items()}
    return rows


def _cells(value: dict[str, Any]) -> str:
    shown = "–" if value["rate"] is None else f"{value['rate']:.3f}"
    return f"{shown} | {value['low']:.3f}–{value['high']:.3f} | {value['of']}" if "of" in value else f"{shown} | | "
