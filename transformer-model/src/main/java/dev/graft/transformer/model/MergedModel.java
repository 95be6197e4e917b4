package dev.graft.transformer.model;

import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.weights.FrozenWeight;
import dev.graft.transformer.model.weights.ModelWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes a base with an adapter merged into it as a Hugging Face directory. */
public final class MergedModel {
    private MergedModel() {}

    /**
     * Writes a directory whole or not at all. Where a tied output projection changes, the new model is untied. A classifier lies beside a body whose names have the prefix that
     * transformers expects there, and config.json has its labels.
     *
     * @param directory does not exist yet or is empty
     * @return number of weights that the adapter changed, the classifier not counted
     * @throws MergeRefusedException that names the first site that cannot be merged, and why
     * @throws java.nio.file.FileAlreadyExistsException if the directory is in use
     */
    public static int write(BaseModel base, Adapter adapter, Path directory) throws IOException {
        Map<String, float[]> changed = Merger.merge(base, adapter);
        try (MergedWeights weights = new MergedWeights(base.transformer(), changed, adapter)) {
            Blueprint plan = base.config().plan();
            boolean tokens = adapter.labels().isEmpty() ? !base.tokenLabels().isEmpty() : adapter.perToken();
            boolean classifier = tokens || weights.has(plan.head().out() + ".weight");
            Set<String> body = base.transformer().weights().stream()
                    .map(FrozenWeight::name)
                    .filter(name -> !plan.isOutside(name))
                    .collect(Collectors.toSet());
            if (plan.language() != null) {
                body.remove(plan.language().weight()); // it stands beside the body
            }
            Map<String, Tensor> tensors = new TreeMap<>();
            weights.all().forEach((name, weight) -> {
                boolean bare = (classifier || weights.untied()) && body.contains(name) && !name.startsWith(plan.root());
                tensors.put(bare ? plan.root() + name : name, weight.tensor());
            });
            ModelConfig config = weights.untied() ? base.config().untied() : base.config();
            if (weights.untied()) { // then transformers reads a table for each stack
                String table = base.transformer()
                        .first()
                        .embedding()
                        .table()
                        .frozenWeight()
                        .name();
                Tensor words = weights.all().get(table).tensor();
                plan.first().embedding().tables().forEach(name -> tensors.put(plan.root() + name, words));
            }
            if (classifier) {
                List<String> own = tokens ? base.tokenLabels() : base.labels();
                config = withLabels(base, config, adapter.labels().isEmpty() ? own : adapter.labels(), tokens);
            }
            ModelWriter.write(directory, config.json(), base.directory(), tensors);
        }
        return changed.size();
    }

    private static ModelConfig withLabels(BaseModel base, ModelConfig config, List<String> labels, boolean tokens) {
        Map<String, Object> json = new LinkedHashMap<>(config.json());
        Map<String, Object> byId = new LinkedHashMap<>();
        Map<String, Object> byLabel = new LinkedHashMap<>();
        for (int id = 0; id < labels.size(); id++) {
            byId.put(Integer.toString(id), labels.get(id));
            byLabel.put(labels.get(id), id);
        }
        // transformers' classifiers do not read a mean: it can load the body alone
        String whole = base.config().plan().head().architecture();
        boolean mean = base.transformer().head().pooling() == Pooling.MEAN;
        HeadPlan.Tokens ofTokens = base.config().plan().head().tokens();
        json.put(
                "architectures",
                List.of(
                        tokens
                                ? ofTokens.architecture()
                                : mean ? whole.replace("ForSequenceClassification", "Model") : whole));
        json.put("id2label", byId);
        json.put("label2id", byLabel);
        json.put("num_labels", labels.size());
        return config.with(labels, json);
    }
}
