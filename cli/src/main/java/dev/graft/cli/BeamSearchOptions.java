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
            defaultValue = "1",
            description = "Searches for the most probable text among N at a time, instead of taking the most probable "
                    + "token each time (${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            defaultValue = "1",
            description = "With beams, a text's log-probability is divided by its length to this power "
                    + "(${DEFAULT-VALUE}).")
    private double lengthPenalty;

    @Option(
            names = "--early-stopping",
            description = "With beams, ends as soon as N texts have ended, even if a better one could be found.")
    private boolean earlyStopping;

    /** What was asked for, or null for one token after another. */
    BeamOptions beams(Sampling sampling, List<String> stops) {
        BeamOptions beams = new BeamOptions(count, lengthPenalty, earlyStopping);
        if (count == 1) {
            return null;
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
        return beams;
    }
}
