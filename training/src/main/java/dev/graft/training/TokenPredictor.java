package dev.graft.training;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.Predictor.Progress;
import dev.graft.training.Predictor.Summary;
import dev.graft.training.data.TokenExample;
import dev.graft.training.data.TokenExamples;
import dev.graft.training.metric.Classification;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.TokenClassifier;
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

/** Classifies the words of any number of texts with one adapter, some texts at a time. */
public final class TokenPredictor {
    private static final int ROWS = 512;

    private final BaseModel base;
    private final Adapter adapter;
    private final List<String> labels;
    private final int maxLength;
    private final TokenClassifier classifier;

    /**
     * A predictor.
     *
     * @param adapter or null for the base's own classifier
     * @param labels the classes, in the order of the logits
     * @param maxLength most tokens of a row; longer ones are cut, and counted
     */
    public TokenPredictor(BaseModel base, Adapter adapter, List<String> labels, int maxLength, Workers workers) {
        this.base = base;
        this.adapter = adapter;
        this.labels = List.copyOf(labels);
        this.maxLength = maxLength;
        this.classifier = new TokenClassifier(base, workers);
    }

    /**
     * Writes a line of JSON for each line of a file, in its order: for each word its label, and the logits in the order
     * of the labels; null for a word that was cut off. The file appears whole or not at all.
     */
    public Summary predict(Path input, Path output, Progress progress) throws IOException {
        Summary[] summary = {new Summary(0, 0, 0)};
        AtomicFiles.write(output, channel -> {
            Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8);
            List<TokenExample> waiting = new ArrayList<>();
            TokenExamples.forEach(input, row -> {
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

    private Summary write(List<TokenExample> rows, Writer writer, Summary before, Progress progress)
            throws IOException {
        EncodedWords encoded = EncodedWords.of(base, adapter, rows, List.of(), maxLength);
        float[][][] logits = classifier.logits(encoded.rows().rows(), adapter);
        for (int i = 0; i < logits.length; i++) {
            List<Object> names = new ArrayList<>();
            List<Object> values = new ArrayList<>();
            for (int word = 0; word < rows.get(i).words().size(); word++) {
                int at = encoded.tokenOf(i, word);
                names.add(at < 0 ? null : labels.get(Classification.predicted(logits[i][at])));
                values.add(at < 0 ? null : logits[i][at]);
            }
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("labels", names);
            line.put("logits", values);
            writer.write(Json.line(line));
            writer.write('\n');
        }
        progress.done(logits.length, encoded.rows().tokens());
        rows.clear();
        return before.plus(encoded.rows());
    }

    /**
     * Measures the classifier on words with labels; those that were cut off do not count.
     *
     * @param measured gets the words
     */
    public Summary evaluate(List<TokenExample> rows, Classification measured, Progress progress) {
        Summary summary = new Summary(0, 0, 0);
        for (int from = 0; from < rows.size(); from += ROWS) {
            List<TokenExample> some = rows.subList(from, Math.min(rows.size(), from + ROWS));
            EncodedWords encoded = EncodedWords.of(base, adapter, some, labels, maxLength);
            Evaluator.measure(classifier, encoded.rows().rows(), adapter, measured);
            progress.done(some.size(), encoded.rows().tokens());
            summary = summary.plus(encoded.rows());
        }
        return summary;
    }
}
