package dev.graft.training.experiment;

import dev.graft.training.study.Studies;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is trained and compared: every variant of a method on every base and data, with every seed.
 *
 * @param name for people and folders
 * @param claim what is tested, in words; empty if the file says nothing
 * @param bases as on the command line
 * @param data rows
 * @param variants methods with their settings
 * @param seeds of the runs
 * @param budget of each run
 * @param training settings with the keys of a run's record, as far as the file has them
 * @param tuning how learning rates are found
 * @param reference name of the variant that the others are tested against, or null to test all pairs
 * @param reach accuracy (of tokens: loss) on the validation rows, the time to which is measured; or null
 * @param maxNewTokens most tokens of a text that is written for the test rows, or 0 to write none
 * @param latency at which sizes the time of inference is measured, or null
 * @param forgetting general text whose loss is measured before and after, or null
 * @param studies what is counted, measured or looked at beside the runs; an experiment may have nothing else
 * @param quick true for a first look
 */
public record Experiment(
        String name,
        String claim,
        List<String> bases,
        List<DataPart> data,
        List<Variant> variants,
        List<Long> seeds,
        Budget budget,
        Map<String, Object> training,
        Tuning tuning,
        String reference,
        Double reach,
        int maxNewTokens,
        LatencyGrid latency,
        DataPart forgetting,
        List<Studies.Named> studies,
        boolean quick) {
    /** Copies the collections. */
    public Experiment {
        bases = List.copyOf(bases);
        data = List.copyOf(data);
        variants = List.copyOf(variants);
        seeds = List.copyOf(seeds);
        studies = List.copyOf(studies);
        training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
    }

    /** True if it trains anything: else it has studies only, and neither data nor a budget. */
    public boolean trains() {
        return !variants.isEmpty();
    }

    /** The seed of the trials of learning rates. */
    public long tuningSeed() {
        return tuning.seed() == null ? seeds.get(0) : tuning.seed();
    }
}
