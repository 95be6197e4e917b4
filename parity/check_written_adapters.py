"""Loads adapters that Graft wrote with HF PEFT, and compares: the same base, the same rows, the same numbers to 1e-4.

usage: python parity/check_written_adapters.py FOLDER
       (FOLDER/CASE/ for each case of written_adapters.json: adapter/, and predictions.jsonl, what `graft predict` says with it of the
       rows in the base's data.jsonl; with `merge` also merged/, the base with the adapter merged into it)

A case with `refused` is an adapter that PEFT has no method for, or would read as something else: PEFT must fail, with these words.
Prints a line a case; exits with 1 if one differs. Any warning of PEFT while it loads counts as a difference.
"""

import contextlib
import json
import pathlib
import sys
import tempfile
import warnings

import fixtures  # first: it sets the environment that torch sees
import torch
from peft import PeftModel

TOLERANCE = 1e-4
CHANGE = 1e-3  # what an adapter must change at least, to show anything


def predictions(file):
    """Logits of each row, or the log-probabilities of its completion."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [torch.tensor(row.get("logits", row.get("token_logprobs"))) for row in rows]


def loaded(base, adapter):
    """The base with the adapter as a user of PEFT loads it."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base.load(), adapter)
    said = [str(w.message) for w in seen if "adapter" in str(w.message) or "fan_in_fan_out" in str(w.message)]
    return model, said


def refusal(base, case, adapter):
    """What differs from what was expected, or None."""
    try:
        loaded(base, adapter)
    except Exception as e:  # PEFT has no error of its own for this
        return None if case["refused"] in f"{type(e).__name__}: {e}" else f"refused with {type(e).__name__}: {e}"
    return "PEFT loads it, and would read it as something else"


def difference(base, adapter, expected):
    """What differs from Graft's numbers, or None."""
    try:
        model, said = loaded(base, adapter)
    except Exception as e:
        return f"PEFT fails with {type(e).__name__}: {e}"
    if said:
        return f"PEFT warns: {said}"
    scores = base.scores(model)
    if fixtures.apart(scores, base.scores(base.load())) < CHANGE:
        return "the adapter changes nothing"
    apart = fixtures.apart(scores, expected)
    return None if apart <= TOLERANCE else f"{apart:.2e} apart"


def merged_difference(base, folder, expected):
    """What differs when transformers alone reads the merged directory, or None."""
    try:
        model = base.load(folder)
    except Exception as e:
        return f"transformers fails with {type(e).__name__}: {e}"
    apart = fixtures.apart(base.scores(model), expected)
    return None if apart <= TOLERANCE else f"merged {apart:.2e} apart"


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    cases = json.loads((pathlib.Path(__file__).parent / "written_adapters.json").read_text(encoding="utf-8"))
    fixtures.settle()
    wrong = 0
    for name, case in cases.items():
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
            base = fixtures.Base(case["base"])
            adapter = folder / name / "adapter"
            if "refused" in case:
                what = refusal(base, case, adapter)
            else:
                expected = predictions(folder / name / "predictions.jsonl")
                what = difference(base, adapter, expected)
                if "merge" in case:
                    what = what or merged_difference(base, folder / name / "merged", expected)
        wrong += what is not None
        print(f"{'MISS' if what else 'PASS'}  {name}: {what or ('refused' if 'refused' in case else 'the same')}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
