package dev.graft.peft.testkit;

import dev.graft.autograd.CounterRandom;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.peft.testkit.TinyBase.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models of other families as small as {@link TinyBase}, with random weights, a classifier and its tokenizer: Hugging Face
 * directories for tests. The BART has more layers in its encoder than in its decoder, and other heads; {@link
 * TinyEncoders} says what is special about the encoders; the decoders that came from LLaMA have grouped heads, windows and
 * whatever else their family has.
 */
public final class TinyFamilies {
    /** Families that this can write, beside the BERT of {@link TinyBase}. */
    public static final List<String> NAMES =
            List.of("gpt2", "bart", "albert", "deberta-v2", "roberta", "distilbert", "llama", "qwen3", "gemma2", "t5");

    private static final int HIDDEN = TinyBase.HIDDEN;
    private static final int WORDS = TinyTokenizer.VOCABULARY.size();
    private static final int BEGIN = TinyTokenizer.VOCABULARY.indexOf("[CLS]");
    private static final int END = TinyTokenizer.VOCABULARY.indexOf("[SEP]");

    private TinyFamilies() {}

    /**
     * Writes config.json, model.safetensors and tokenizer.json.
     *
     * @param family one of {@link #NAMES}, or {@code bert}
     * @param folder is made if there is none
     * @param seed of the weights: another seed is another base
     * @return the folder
     */
    public static Path write(String family, Path folder, long seed) throws IOException {
        if (family.equals("bert")) {
            return TinyBase.write(folder, seed);
        }
        Weights weights = new Weights(new CounterRandom(seed), new LinkedHashMap<>());
        Map<String, Object> config = switch (family) {
            case "gpt2" -> gpt2(weights);
            case "bart" -> bart(weights);
            case "albert" -> TinyEncoders.albert(weights);
            case "deberta-v2" -> TinyEncoders.deberta(weights);
            case "roberta" -> TinyEncoders.roberta(weights);
            case "distilbert" -> TinyEncoders.distilbert(weights);
            case "t5" -> TinyT5.config(weights);
            case "llama", "qwen3", "gemma2" -> TinyDecoders.config(family, weights);
            default -> throw new IllegalArgumentException("no tiny model of the family " + family);
        };
        config.put("model_type", family);
        config.put("vocab_size", WORDS);
        config.put("pad_token_id", 0);
        config.put("bos_token_id", BEGIN);
        config.put("eos_token_id", END);
        List<String> labels = TinyBase.LABELS;
        config.put("id2label", Map.of("0", labels.get(0), "1", labels.get(1), "2", labels.get(2)));
        AtomicFiles.write(folder.resolve("config.json"), Json.pretty(config));
        AtomicFiles.write(folder.resolve("tokenizer.json"), Json.pretty(TinyTokenizer.json()));
        SafetensorsWriter writer = new SafetensorsWriter();
        weights.tensors()
                .forEach((String name, AdapterTensor tensor) -> writer.add(name, tensor.shape(), tensor.values()));
        writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    private static Map<String, Object> gpt2(Weights weights) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("n_embd", HIDDEN);
        config.put("n_layer", 2);
        config.put("n_head", 3);
        config.put("n_inner", TinyBase.INNER);
        config.put("n_positions", TinyBase.POSITIONS);
        weights.normal("transformer.wte.weight", 0, 1, WORDS, HIDDEN);
        weights.normal("transformer.wpe.weight", 0, 0.5, TinyBase.POSITIONS, HIDDEN);
        for (int layer = 0; layer < 2; layer++) {
            String at = "transformer.h." + layer + ".";
            weights.norm(at + "ln_1");
            turned(weights, at + "attn.c_attn", HIDDEN, 3 * HIDDEN);
            turned(weights, at + "attn.c_proj", HIDDEN, HIDDEN);
            weights.norm(at + "ln_2");
            turned(weights, at + "mlp.c_fc", HIDDEN, TinyBase.INNER);
            turned(weights, at + "mlp.c_proj", TinyBase.INNER, HIDDEN);
        }
        weights.norm("transformer.ln_f");
        weights.normal("score.weight", 0, 1 / Math.sqrt(HIDDEN), TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    private static Map<String, Object> bart(Weights weights) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("d_model", HIDDEN);
        config.put("max_position_embeddings", TinyBase.POSITIONS);
        config.put("decoder_start_token_id", END);
        config.put("classifier_dropout", 0.1);
        config.put("attention_dropout", 0.1);
        weights.normal("model.shared.weight", 0, 1, WORDS, HIDDEN);
        stack(weights, config, "encoder", new int[] {2, 3, TinyBase.INNER});
        stack(weights, config, "decoder", new int[] {1, 2, 28});
        weights.normal("final_logits_bias", 0, 0.3, 1, WORDS);
        weights.linear("classification_head.dense", HIDDEN, HIDDEN);
        weights.linear("classification_head.out_proj", TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    /** Layers, heads and inner features of a stack. */
    private static void stack(Weights weights, Map<String, Object> config, String side, int[] sizes) {
        config.put(side + "_layers", sizes[0]);
        config.put(side + "_attention_heads", sizes[1]);
        config.put(side + "_ffn_dim", sizes[2]);
        String root = "model." + side + ".";
        weights.normal(root + "embed_positions.weight", 0, 0.5, TinyBase.POSITIONS + 2, HIDDEN);
        weights.norm(root + "layernorm_embedding");
        for (int layer = 0; layer < sizes[0]; layer++) {
            String at = root + "layers." + layer + ".";
            for (String block : side.equals("decoder") ? List.of("self_attn", "encoder_attn") : List.of("self_attn")) {
                for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                    weights.linear(at + block + "." + part, HIDDEN, HIDDEN);
                }
                weights.norm(at + block + "_layer_norm");
            }
            weights.linear(at + "fc1", sizes[2], HIDDEN);
            weights.linear(at + "fc2", HIDDEN, sizes[2]);
            weights.norm(at + "final_layer_norm");
        }
    }

    /** A linear weight that lies as [in, out]. */
    private static void turned(Weights weights, String path, int in, int out) {
        weights.normal(path + ".weight", 0, 1 / Math.sqrt(in), in, out);
        weights.normal(path + ".bias", 0, 0.2, out);
    }
}
