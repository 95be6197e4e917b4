package dev.graft.training.experiment;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.training.TrainingListener;
import dev.graft.training.study.Studies;
import dev.graft.training.study.StudyResult;
import dev.graft.training.study.Subject;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Does an experiment: tunes every variant's learning rate on the validation rows, trains it with every seed, and looks at
 * the test rows once for each of these runs. What a folder holds already is not done again.
 */
public final class ExperimentRun {
    private final Experiment experiment;
    private final Lab lab;
    private final Progress progress;
    private final Runner runner;
    private final Tester tester;
    private final List<Result> results = new ArrayList<>();
    private final List<Trial> trials = new ArrayList<>();
    private final List<StudyResult> studies = new ArrayList<>();
    private final Map<Integer, Double> rates = new HashMap<>();

    /** An experiment with what it is done with. */
    public ExperimentRun(Experiment experiment, Lab lab, Progress progress) {
        this.experiment = experiment;
        this.lab = lab;
        this.progress = progress;
        this.runner = new Runner(lab);
        this.tester = new Tester(lab);
    }

    /** Hears how far it is. */
    public interface Progress {
        /** A run begins, or is found done; the listener hears of its steps, and of its end. */
        TrainingListener begin(String title);
    }

    /**
     * Does what is left of it. Whatever is wrong with a method, a base or data is found before anything is trained.
     *
     * @param provenance of everything, for the report
     */
    public Outcome run(Map<String, String> provenance) throws IOException {
        List<Cell> cells = new ArrayList<>();
        for (String base : experiment.bases()) {
            for (DataPart part : experiment.data()) {
                cells.add(Cell.open(experiment, base, part, lab));
            }
        }
        Files.createDirectories(lab.folder());
        study(false);
        for (Cell cell : cells) {
            rates.clear();
            for (Variant variant : experiment.variants()) {
                variant(cell, variant);
                write(provenance);
            }
        }
        study(true);
        return write(provenance);
    }

    /** Studies that look at adapters come last; the others first, so that what is wrong with them is found at once. */
    private void study(boolean adapters) throws IOException {
        for (Studies.Named study : experiment.studies()) {
            for (String name : experiment.bases()) {
                if (study.needsAdapters() == adapters) {
                    TrainingListener listener = progress.begin(name + ": study " + study.id());
                    try (BaseModel base = lab.opening().base(name)) {
                        studies.add(study.task()
                                .run(new Subject(name, base, lab.opening()::workers, lab.methods(), trained(name))));
                    } finally {
                        listener.end();
                    }
                }
            }
        }
    }

    private List<Subject.TrainedAdapter> trained(String base) {
        return results.stream()
                .filter(one -> one.base().equals(base) && one.failure() == null)
                .map(one -> new Subject.TrainedAdapter(
                        one.data(),
                        one.variant().name(),
                        one.seed(),
                        lab.folder().resolve(one.run()).resolve("best")))
                .toList();
    }

    private void variant(Cell cell, Variant variant) throws IOException {
        double rate = rate(cell, variant);
        for (long seed : experiment.seeds()) {
            RunSpec spec = new RunSpec(variant, rate, seed);
            Trained trained = train(cell, spec, "seed " + seed);
            results.add(result(cell, spec, trained));
        }
    }

    /** The learning rate of the results: the best of the trials, the first of equals. */
    private double rate(Cell cell, Variant variant) throws IOException {
        List<Double> candidates = Cell.rates(experiment, variant, lab.methods());
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        Double known = rates.get(variant.entry());
        if (known != null && !experiment.tuning().each()) {
            return known;
        }
        List<RunSpec> specs = new ArrayList<>();
        List<Trained> done = new ArrayList<>();
        int best = 0;
        for (double candidate : candidates) {
            specs.add(new RunSpec(variant, candidate, experiment.tuningSeed()));
            done.add(train(cell, specs.get(specs.size() - 1), "rate " + candidate));
            int last = done.size() - 1;
            best = done.get(last).score() > done.get(best).score() ? last : best;
        }
        for (int i = 0; i < done.size(); i++) {
            trials.add(trial(cell, specs.get(i), done.get(i), i == best));
        }
        rates.put(variant.entry(), candidates.get(best));
        return candidates.get(best);
    }

    private Trained train(Cell cell, RunSpec spec, String what) throws IOException {
        TrainingListener listener =
                progress.begin(cell.text() + ": " + spec.variant().name() + ", " + what);
        try {
            return runner.train(cell, spec, listener);
        } finally {
            listener.end();
        }
    }

    private Trial trial(Cell cell, RunSpec spec, Trained trained, boolean chosen) {
        return new Trial(
                cell.baseName(),
                cell.part().name(),
                spec.variant().name(),
                spec.rate(),
                spec.seed(),
                trained.failure() == null ? trained.score() : null,
                chosen,
                "runs/" + cell.name(spec));
    }

    private Result result(Cell cell, RunSpec spec, Trained trained) throws IOException {
        Map<String, Object> figures = new LinkedHashMap<>();
        Map<String, Object> measured = new LinkedHashMap<>();
        double[] scores = {};
        if (trained.failure() == null) {
            Tester.Found found = tester.test(cell, trained);
            scores = found.rows().scores();
            figures.putAll(found.rows().figures());
            figures.putAll(found.general());
            Figures.add(figures, measured, cell, trained);
            figures.put("most_tokens", cell.room().get(spec.variant().name()));
            measured.putAll(found.latencies());
        }
        return new Result(
                cell.baseName(),
                cell.part().name(),
                spec.variant(),
                spec.seed(),
                spec.rate(),
                trained.failure(),
                figures,
                measured,
                "runs/" + cell.name(spec),
                trained.command(),
                scores,
                trained.losses());
    }

    /** Results so far, whole: whoever looks at them while it goes on sees complete rows. */
    private Outcome write(Map<String, String> provenance) throws IOException {
        Outcome outcome = new Outcome(experiment, results, trials, studies, provenance);
        AtomicFiles.write(lab.folder().resolve("results.jsonl"), outcome.lines());
        AtomicFiles.write(lab.folder().resolve("trials.jsonl"), outcome.trialLines());
        if (!experiment.studies().isEmpty()) {
            AtomicFiles.write(lab.folder().resolve("studies.jsonl"), outcome.studyLines());
        }
        return outcome;
    }
}
