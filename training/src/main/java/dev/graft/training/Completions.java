package dev.graft.training;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.data.GenerationExamples;
import dev.graft.training.data.GenerationRow;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.LanguageModel.Scored;
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
import java.util.function.Consumer;

/** Says how probable any number of completions are given their prompts, some at a time. */
public final class Completions {
    private static final int ROWS = 128;

    private final BaseModel base;
    private final Adapter adapter;
    private final int maxLength;
    private final boolean end;
    private final LanguageModel model;

    /**
     * For one adapter.
     *
     * @param adapter or null for the bare base
     * @param maxLength most tokens of a row; longer ones are cut, and counted
     * @param end true to look at the end token behind each completion as well
     */
    public Completions(BaseModel base, Adapter adapter, int maxLength, boolean end, Workers workers) {
        this.base = base;
        this.adapter = adapter;
        this.maxLength = maxLength;
        this.end = end;
        this.model = new LanguageModel(base, workers);
    }

    /**
     * Writes a line of JSON for each line of a file, in its order: logprob, the sum, and token_logprobs of the
     * completion's tokens. The file appears whole or not at all.
     */
    public Predictor.Summary predict(Path input, Path output, Predictor.Progress progress) throws IOException {
        Predictor.Summary[] summary = {new Predictor.Summary(0, 0, 0)};
        AtomicFiles.write(output, channel -> {
            Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8);
            List<GenerationRow> waiting = new ArrayList<>();
            GenerationExamples.forEach(input, row -> {
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

    private Predictor.Summary write(
            List<GenerationRow> rows, Writer writer, Predictor.Summary before, Predictor.Progress progress)
            throws IOException {
        List<Scored> scored = new ArrayList<>();
        Predictor.Summary after = before.plus(score(rows, scored::add, progress));
        for (Scored row : scored) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("logprob", row.logprob());
            line.put("token_logprobs", row.logprobs());
            writer.write(Json.line(line));
            writer.write('\n');
        }
        rows.clear();
        return after;
    }

    /** Scores rows, in their order. */
    public Predictor.Summary score(List<GenerationRow> rows, Consumer<Scored> taker, Predictor.Progress progress) {
        Predictor.Summary summary = new Predictor.Summary(0, 0, 0);
        for (int from = 0; from < rows.size(); from += ROWS) {
            List<GenerationRow> some = rows.subList(from, Math.min(rows.size(), from + ROWS));
            EncodedRows encoded = EncodedRows.prompted(base, adapter, some, maxLength, end);
            model.score(encoded.rows(), adapter).forEach(taker);
            progress.done(some.size(), encoded.tokens());
            summary = summary.plus(encoded);
        }
        return summary;
    }
}
