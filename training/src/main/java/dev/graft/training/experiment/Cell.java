package dev.graft.training.experiment;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.LearningRates;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.Split;
import dev.graft.training.plan.GivenSettings;
import dev.graft.training.plan.Machine;
import dev.graft.training.plan.RunOrigin;
import dev.graft.training.plan.RunStart;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One base with one data set, on which every variant is trained.
 *
 * @param experiment that it belongs to
 * @param baseName the base, as on the command line
 * @param part which data
 * @param rows the data itself
 * @param maxLength most tokens of a row, the same for all variants
 * @param room most tokens of a text that the base reads with each variant, by its name
 * @param identity what determines the figures beside the variants: base, data, math and versions
 */
record Cell(
        Experiment experiment,
        String baseName,
        DataPart part,
        DataRows rows,
        int maxLength,
        Map<String, Integer> room,
        Map<String, Object> identity) {
    /**
     * Reads the data and makes every variant's adapter once, to find what is wrong before anything is trained.
     *
     * @throws SettingsException that names the variant
     */
    static Cell open(Experiment experiment, String baseName, DataPart part, Lab lab) throws IOException {
        DataRows rows = DataRows.read(part, lab.folder().resolve("data"));
        try (BaseModel base = lab.opening().base(baseName);
                Workers workers = lab.opening().workers()) {
            Map<String, Integer> room = new LinkedHashMap<>();
            for (Variant variant : experiment.variants()) {
                try {
                    room.put(variant.name(), check(experiment, variant, base, rows, lab.methods()));
                } catch (SettingsException e) {
                    throw new SettingsException("with " + variant.name() + " on " + baseName + " and " + part.name()
                            + ": " + e.getMessage());
                }
            }
            int most = Collections.min(room.values());
            if (experiment.latency() != null && experiment.latency().longest() > most) {
                throw new SettingsException(
                        "latency.lengths has " + experiment.latency().longest() + ", but with one of the methods "
                                + baseName + " reads fewer tokens; allowed: at most " + most);
            }
            if (experiment.forgetting() != null) {
                Forgetting.check(base);
                Forgetting.open(experiment, lab, most);
            }
            Object given = experiment.training().get("max_length");
            int maxLength = given instanceof Number length ? length.intValue() : EncodedRows.defaultLength(most);
            if (maxLength > most) {
                throw new SettingsException("training.max_length is " + maxLength + ", but with one of the methods "
                        + baseName + " reads fewer tokens; allowed: at most " + most);
            }
            return new Cell(experiment, baseName, part, rows, maxLength, room, identity(base, rows, workers));
        }
    }

    /** Most tokens that the base reads with a variant. */
    private static int check(Experiment experiment, Variant variant, BaseModel base, DataRows rows, PeftMethods methods)
            throws IOException {
        rates(experiment, variant, methods);
        RunOrigin origin = new RunOrigin(variant.method(), variant.settings(), null, null);
        long seed = experiment.seeds().get(0);
        try (RunStart start = RunStart.open(base, methods, origin, rows.data(), seed)) {
            return EncodedRows.mostTokens(base, start.adapter());
        }
    }

    private static Map<String, Object> identity(BaseModel base, DataRows rows, Workers workers) throws IOException {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("base", base.fingerprint());
        identity.put("dtype", base.dtype().label());
        identity.put("data", rows.data().hash());
        identity.put("math", workers.math().label());
        Map<String, Object> versions = Machine.versions(workers);
        identity.put("graft", versions.get("graft"));
        identity.put("kernels", versions.get("kernels"));
        return identity;
    }

    /** The learning rates that a variant is tried with. */
    static List<Double> rates(Experiment experiment, Variant variant, PeftMethods methods) {
        if (variant.rates() != null) {
            return variant.rates();
        }
        double own = LearningRates.of(methods, variant.method())
                .orElseThrow(() -> new SettingsException("method '" + variant.method()
                        + "' has no learning rate of its own; give its entry \"learning_rates\""));
        return experiment.tuning().rates(own);
    }

    /**
     * How a run is trained.
     *
     * @param steps of the run, or 0 where the budget is in epochs
     */
    TrainingSettings settings(RunSpec spec, int steps) {
        Map<String, Object> given = new LinkedHashMap<>(experiment.training());
        given.put("learning_rate", spec.rate());
        given.put("seed", spec.seed());
        given.put("max_length", maxLength);
        if (steps > 0) {
            given.put("max_steps", steps);
        } else {
            given.put("epochs", (int) experiment.budget().amount());
        }
        return GivenSettings.read(given, spec.variant().method(), OptionalDouble.empty(), maxLength);
    }

    /** The folder's name of a run. */
    String name(RunSpec spec) {
        Map<String, Object> all = new LinkedHashMap<>(identity);
        all.put("method", spec.variant().method());
        all.put("settings", spec.variant().settings());
        all.put("training", settings(spec, 1).toMap());
        all.put("budget", experiment.budget().toMap());
        return RunNames.of(this, spec, all);
    }

    /** Numbers of rows, by part. */
    Map<String, Object> sizes() {
        Map<String, Object> sizes = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            sizes.put(split.name().toLowerCase(Locale.ROOT), rows.data().size(split));
        }
        return sizes;
    }

    /** In words: minilm, wordnet. */
    String text() {
        return baseName + ", " + part.name();
    }
}
