package dev.graft.training;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.data.Example;
import dev.graft.training.data.Examples;
import dev.graft.training.metric.Classification;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Classifies any number of texts with one adapter, some at a time. */
public final class Predictor {
    private static final int ROWS = 512;

    private final BaseModel base;
    private final Adapter adapter;
    private final List<String> labels;
    private final int maxLength;
    private final Classifier classifier;

    /** Hears how far it is. */
    @FunctionalInterface
    public interface Progress {
        /** So many more rows and tokens are done. */
        void done(int rows, long tokens);
    }

    /**
     * What was read.
     *
     * @param rows number of them
     * @param truncated those that were longer than allowed, and cut
     * @param tokens in all of them
     */
    public record Summary(long rows, long truncated, long tokens) {
        Summary plus(Summary more) {
            return new Summary(rows + more.rows, truncated + more.truncated, tokens + more.tokens);
        }

        Summary plus(EncodedRows more) {
            return new Summary(rows + more.rows().size(), truncated + more.truncated(), tokens + more.tokens());
        }
    }

    /**
     * A predictor.
     *
     * @param adapter or null for the base's own classifier
     * @param labels the classes, in the order of the logits
     * @param maxLength most tokens of a row; longer ones are cut, and counted
     */
    public Predictor(BaseModel base, Adapter adapter, List<String> labels, int maxLength, Workers workers) {
        this.base = base;
        this.adapter = adapter;
        this.labels = List.copyOf(labels);
        this.maxLength = maxLength;
        this.classifier = new Classifier(base, workers);
    }

    /**
     * Writes a line of JSON for each line of a file, in its order: label, and scores and logits in the order of the
     * labels. The file appears whole or not at all.
     */
    public Summary predict(Path input, Path output, Progress progress) throws IOException {
        Summary[] summary = {new Summary(0, 0, 0)};
        AtomicFiles.write(output, channel -> {
            Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8);
            List<Example> waiting = new ArrayList<>();
            Examples.forEach(input, row -> {
                waiting.add(row);
                if (waiting.size() == ROWS) {
                    summary[0] = write(waiting, writer, summary[0], progress);
                }
            });
            summary[0] = write(waiting, writer, summary[0], progress);
            writer.flush();
        });
        return summary[0];
    }

    private Summary write(List<Example> rows, Writer writer, Summary before, Progress progress) throws IOException {
        EncodedRows encoded = EncodedRows.of(base, adapter, rows, maxLength);
        for (float[] logits : classifier.logits(encoded.rows(), adapter)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("label", labels.get(Classification.predicted(logits)));
            line.put("scores", Logits.softmax(logits));
            line.put("logits", logits);
            writer.write(Json.line(line));
            writer.write('\n');
        }
        progress.done(encoded.rows().size(), encoded.tokens());
        rows.clear();
        return before.plus(encoded);
    }

    /**
     * Measures the classifier on labelled rows.
     *
     * @param measured gets the rows
     */
    public Summary evaluate(List<Example> rows, Classification measured, Progress progress) {
        Summary summary = new Summary(0, 0, 0);
        for (int from = 0; from < rows.size(); from += ROWS) {
            List<Example> some = rows.subList(from, Math.min(rows.size(), from + ROWS));
            EncodedRows encoded = EncodedRows.of(base, adapter, some, maxLength);
            float[][] logits = classifier.logits(encoded.rows(), adapter);
            for (int i = 0; i < logits.length; i++) {
                measured.add(logits[i], labels.indexOf(some.get(i).label()));
            }
            progress.done(logits.length, encoded.tokens());
            summary = summary.plus(encoded);
        }
        return summary;
    }
}
