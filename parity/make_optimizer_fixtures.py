"""Makes the optimizer parity fixture: what torch.optim.AdamW, clip_grad_norm_ and the schedules of transformers compute.

usage: python parity/make_optimizer_fixtures.py [--output FILE]      (FILE defaults to training/src/test/resources/parity/optimizer.json)

Every number is a float32 value written so that it reads back exactly. The gradients hold what real ones rarely do: zeros, numbers whose
square is below the smallest float, and large ones.
"""

import argparse
import json
import pathlib
import platform

import torch
import transformers
from transformers import get_scheduler

STEPS = 12
GROUPS = [  # size, factor on the learning rate, decays
    (7, 1.0, True),
    (5, 16.0, True),
    (6, 1.0, False),
]


def flat(tensor):
    return [float(x) for x in tensor.detach().flatten()]


def gradients(generator, large):
    """Gradients of all tensors for all steps."""
    steps = []
    for step in range(STEPS):
        of_step = [torch.randn(size, generator=generator) * 10.0 ** (index - 1) for index, (size, _, _) in enumerate(GROUPS)]
        of_step[0][:4] = torch.tensor([0.0, 1e-25 * (step + 1), -large, 1e-9])
        if step in (3, 4):
            of_step[2].zero_()
        steps.append(of_step)
    return steps


def adamw(weight_decay, max_norm, learning_rate=5e-3):
    generator = torch.Generator().manual_seed(11)
    values = [torch.nn.Parameter(torch.randn(size, generator=generator)) for size, _, _ in GROUPS]
    start = [flat(v) for v in values]
    optimizer = torch.optim.AdamW(
        [
            {"params": [v], "lr": learning_rate * scale, "weight_decay": weight_decay if decays else 0.0}
            for v, (_, scale, decays) in zip(values, GROUPS)
        ],
        lr=learning_rate,
    )
    schedule = get_scheduler("cosine", optimizer, num_warmup_steps=3, num_training_steps=STEPS)
    steps = []
    for of_step in gradients(generator, large=1.0 if max_norm else 1e12):
        for value, gradient in zip(values, of_step):
            value.grad = gradient.clone()
        record = {"learning_rate": schedule.get_last_lr()[0], "gradients": [flat(g) for g in of_step]}
        if max_norm:
            record["norm"] = float(torch.nn.utils.clip_grad_norm_(values, max_norm))
            record["clipped"] = [flat(v.grad) for v in values]
        optimizer.step()
        schedule.step()
        record["values"] = [flat(v) for v in values]
        steps.append(record)
    return {
        "weight_decay": weight_decay,
        "max_norm": max_norm,
        "start": start,
        "steps": steps,
        "moments": [[flat(optimizer.state[v]["exp_avg"]), flat(optimizer.state[v]["exp_avg_sq"])] for v in values],
    }


def schedules():
    """Factors of steps 0 to total - 1."""
    result = []
    for ours, theirs in (("constant", "constant_with_warmup"), ("linear", "linear"), ("cosine", "cosine")):
        for warmup, total in ((0, 1), (0, 10), (1, 10), (3, 10), (10, 10), (12, 10), (100, 1000)):
            optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            schedule = get_scheduler(theirs, optimizer, num_warmup_steps=warmup, num_training_steps=total)
            factors = []
            for _ in range(total):
                factors.append(schedule.get_last_lr()[0])
                optimizer.step()
                schedule.step()
            result.append({"schedule": ours, "warmup": warmup, "total": total, "factors": factors})
    return result


def main():
    parser = argparse.ArgumentParser()
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=pathlib.Path, default=root / "training/src/test/resources/parity/optimizer.json")
    output = parser.parse_args().output
    content = {
        "made_by": f"parity/make_optimizer_fixtures.py with Python {platform.python_version()}, torch "
        f"{torch.__version__.split('+')[0]}, transformers {transformers.__version__}",
        "groups": [{"size": size, "rate_scale": scale, "decays": decays} for size, scale, decays in GROUPS],
        "adamw": [adamw(0.0, 0.0), adamw(0.01, 0.0), adamw(0.1, 5.0), adamw(0.01, 1e4)],
        "schedules": schedules(),
    }
    output.write_text(json.dumps(content) + "\n")
    print(output)


if __name__ == "__main__":
    main()
