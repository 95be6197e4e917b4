package dev.graft.training.compare;

import dev.graft.autograd.CounterRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A comparison with invented figures. */
final class Sample {
    private Sample() {}

    static MethodResult run(String method, long seed, double accuracy, long trained, Map<String, Object> settings) {
        return new MethodResult(
                method,
                seed,
                5e-4,
                trained,
                trained / 22_713_216.0,
                new Quality(accuracy, accuracy - 0.03, Math.min(1, accuracy + 0.01)),
                new Cost(
                        10 + accuracy * 10 + seed,
                        98.25,
                        8123.4,
                        612.5 + trained / 1e5,
                        4 * trained + 500,
                        3 + accuracy),
                curve(seed, accuracy),
                settings);
    }

    private static List<LossPoint> curve(long seed, double accuracy) {
        CounterRandom random = new CounterRandom(seed);
        List<LossPoint> curve = new ArrayList<>();
        for (int step = 1; step <= 375; step++) {
            double level = 3.2 - (1 + 2.5 * accuracy) * (1 - Math.exp(-step / 90.0));
            curve.add(new LossPoint(step, level + 0.25 * random.gaussian(step)));
        }
        return curve;
    }

    static Provenance provenance() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("base fingerprint", "sha256-tree:1f0c5a");
        details.put("data hash", "bc04fc076fe99233");
        details.put("versions", "Graft 0.1.0, ND4J 1.0.0-M2.1, oneDNN 3.11, Java 17.0.15");
        details.put("CPU", "2 cores, AVX-512");
        return new Provenance(
                "all-MiniLM-L6-v2",
                "Apache-2.0",
                "WordNet 3.1, definitions of nouns",
                "WordNet 3.1 Copyright 2011 by Princeton University. All rights reserved.",
                1000,
                "graft compare --full --seeds 3 --methods head,lora,prefix",
                details);
    }

    /** Nine methods with three seeds each, one of them twice, and a run that failed. */
    static Comparison large() {
        List<MethodResult> runs = new ArrayList<>();
        for (long seed = 0; seed < 3; seed++) {
            double s = 0.004 * seed;
            runs.add(run("head", seed, 0.601 + s, 9_240, Map.of()));
            runs.add(run(
                    "lora",
                    seed,
                    0.762 + s,
                    82_968,
                    Map.of("r", 8, "lora_alpha", 16, "target_modules", "query,value")));
            runs.add(run(
                    "lora",
                    seed,
                    0.765 - s,
                    156_696,
                    Map.of("r", 16, "lora_alpha", 16, "target_modules", "query,value")));
            runs.add(run("prefix", seed, 0.722 + 2 * s, 101_400, Map.of("num_virtual_tokens", 20)));
            runs.add(run("prompt", seed, 0.655 + s, 16_920, Map.of("num_virtual_tokens", 20)));
            runs.add(run("houlsby", seed, 0.771 - s, 460_000, Map.of("reduction_factor", 8)));
            runs.add(run("ia3", seed, 0.700 + s, 18_456, Map.of()));
            runs.add(run("bitfit", seed, 0.741 + s / 2, 54_168, Map.of()));
            runs.add(run("full", seed, 0.778 + s / 4, 22_722_456, Map.of()));
        }
        FailedRun failed = new FailedRun("adalora", 1, "the loss was NaN at step 17 | lower --learning-rate <b>");
        return new Comparison(runs, List.of(failed), provenance());
    }

    /** One run of one method, whose name and origin try to break out of the page. */
    static Comparison single() {
        String hostile = "</script><img src=x onerror=alert(1)>{{data}}<!-- \u2028 & \"quoted\" 'single'";
        MethodResult run = run(hostile, 0, 1, 9_240, Map.of("key</td>", hostile));
        Provenance from = provenance();
        Map<String, String> details = Map.of("versions", hostile);
        return new Comparison(
                List.of(run),
                List.of(new FailedRun("x", 0, hostile)),
                new Provenance(
                        hostile, from.baseLicence(), hostile, hostile, 10, "graft compare '" + hostile, details));
    }
}
