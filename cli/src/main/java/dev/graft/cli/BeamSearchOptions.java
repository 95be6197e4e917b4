package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.BeamOptions;
import dev.graft.transformer.model.Sampling;
import java.util.List;
import picocli.CommandLine.Option;

/** Whether the most probable text is searched for. */
final class BeamSearchOptions {
    @Option(
            names = "--num-beams",
            paramLabel = "N",
            description = "Searches for the most probable text among N at a time, instead of taking the most probable "
                    + "token each time (default: what the base asks for, else 1).")
    private Integer count;

    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            description = "With beams, a text's log-probability is divided by its length to this power "
                    + "(default: what the base asks for, else 1).")
    private Double lengthPenalty;

    @Option(
            names = "--early-stopping",
            negatable = true,
            description = "With beams, ends as soon as N texts have ended, even if a better one could be found.")
    private Boolean earlyStopping;

    /** What was asked for here or by the base, or null for one token after another: a draw or a stop text means that. */
    BeamOptions beams(Sampling sampling, List<String> stops, BeamOptions base) {
        boolean byToken = sampling.temperature() != 0 || !stops.isEmpty();
        BeamOptions beams = asked(base);
        return beams.count() == 1 || count == null && byToken ? null : beams;
    }

    private BeamOptions asked(BeamOptions base) {
        return new BeamOptions(
                count == null ? base.count() : count,
                lengthPenalty == null ? base.lengthPenalty() : lengthPenalty,
                earlyStopping == null ? base.earlyStopping() : earlyStopping);
    }

    /** Checks the values before a base is opened. */
    void check(Sampling sampling, List<String> stops) {
        int asked = asked(new BeamOptions(1, 1, false)).count();
        if (asked == 1) {
            return;
        }
        if (sampling.temperature() != 0 || sampling.repetitionPenalty() != 1) {
            throw new SettingsException(
                    "--num-beams is " + count + ", which searches by the model's own probabilities; "
                            + "leave out --temperature and --repetition-penalty, or the beams");
        }
        if (!stops.isEmpty()) {
            throw new SettingsException("--num-beams is " + count + ", and --stop is for texts that are written token "
                    + "by token; leave out one of them");
        }
    }
}
