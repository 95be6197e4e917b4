package dev.graft.training.experiment;

import dev.graft.autograd.CrossEntropy;
import dev.graft.training.EncodedRows;
import dev.graft.training.Evaluation;
import dev.graft.training.TokenScores;
import dev.graft.training.WrittenTexts;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.Split;
import dev.graft.training.metric.Classification;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.TokenClassifier;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures an adapter on the test rows, each row by itself. */
final class TestRows {
    private final BaseModel base;
    private final Adapter adapter;
    private final DataSet data;
    private final Workers workers;
    private final List<TokenRow> rows;
    private final List<Map<String, Object>> lines = new ArrayList<>();

    /**
     * For one adapter.
     *
     * @param adapter or null for the bare base, where it can do what the data asks for
     */
    TestRows(BaseModel base, Adapter adapter, DataSet data, int maxLength, Workers workers) {
        this.base = base;
        this.adapter = adapter;
        this.data = data;
        this.workers = workers;
        this.rows = EncodedRows.of(base, adapter, data, Split.TEST, maxLength).rows();
    }

    /** A line for each row; after {@link #figures}. */
    List<Map<String, Object>> lines() {
        return lines;
    }

    /**
     * Looks at all rows.
     *
     * @param maxNewTokens most tokens of a text that is written for prompts, or 0 to write none
     */
    Map<String, Object> figures(int maxNewTokens) {
        if (data instanceof ClassificationData classes) {
            return classes(classes);
        }
        return data instanceof GenerationData texts ? texts(texts, maxNewTokens) : words();
    }

    private Map<String, Object> classes(ClassificationData classes) {
        float[][] logits = new Classifier(base, workers).logits(rows, adapter);
        int[] labels = classes.classes(Split.TEST);
        Classification measured = new Classification(classes.labels().size());
        for (int i = 0; i < logits.length; i++) {
            measured.add(logits[i], labels[i]);
            int predicted = Classification.predicted(logits[i]);
            Map<String, Object> line = line(i, predicted == labels[i] ? 1 : 0);
            line.put("label", classes.labels().get(labels[i]));
            line.put("predicted", classes.labels().get(predicted));
            line.put("loss", Classification.loss(logits[i], labels[i]));
        }
        return Evaluation.of(measured).toMap();
    }

    /** The score of a row is the share of its words that are right. */
    private Map<String, Object> words() {
        float[][][] logits = new TokenClassifier(base, workers).logits(rows, adapter);
        Classification measured = new Classification(data.labels().size());
        for (int i = 0; i < logits.length; i++) {
            int[] labels = rows.get(i).labels();
            int known = 0;
            int right = 0;
            for (int j = 0; j < labels.length; j++) {
                if (labels[j] != CrossEntropy.IGNORED) {
                    measured.add(logits[i][j], labels[j]);
                    known++;
                    right += Classification.predicted(logits[i][j]) == labels[j] ? 1 : 0;
                }
            }
            line(i, known == 0 ? 1 : (double) right / known).put("words", known);
        }
        return Evaluation.of(measured).toMap();
    }

    /** The score of a row is how near what is written comes to the reference; else its mean log probability. */
    private Map<String, Object> texts(GenerationData texts, int maxNewTokens) {
        TokenScores scores = new TokenScores();
        List<LanguageModel.Scored> scored = new LanguageModel(base, workers).score(rows, adapter);
        for (int i = 0; i < scored.size(); i++) {
            LanguageModel.Scored row = scored.get(i);
            scores.add(row);
            int tokens = row.logprobs().length;
            double mean = tokens == 0 ? 0 : row.logprob() / tokens;
            Map<String, Object> line = line(i, maxNewTokens > 0 ? 0 : mean);
            line.put("tokens", tokens);
            line.put("loss", -mean);
        }
        Map<String, Object> figures = new LinkedHashMap<>(scores.evaluation().toMap());
        if (maxNewTokens > 0) {
            WrittenTexts written = new WrittenTexts(base, adapter, maxNewTokens, workers);
            written.add(texts.rows(Split.TEST), (more, tokens) -> {});
            for (WrittenTexts.Written one : written.texts()) {
                Map<String, Object> line = lines.get(one.row());
                line.put("score", one.rougeL());
                line.put("text", one.text());
                line.put("rouge_l", one.rougeL());
            }
            figures.putAll(written.toMap());
        }
        return figures;
    }

    private Map<String, Object> line(int row, double score) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("row", row);
        line.put("score", score);
        lines.add(line);
        return line;
    }
}
