package dev.graft.prefix.tuning;

import dev.graft.autograd.CounterRandom;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Start;
import java.util.OptionalDouble;

/**
 * Prompt Tuning (Lester, Al-Rfou and Constant 2021, arXiv 2104.08691, section 2): rows P stand in front of the embedded
 * text, [P; X], and only P is trained.
 *
 * <p>The rows start at random, as embeddings of random tokens, or as those of a text, which is repeated until all rows
 * are filled ({@code prompt_tuning_init} RANDOM, SAMPLE_VOCAB or TEXT, section 3.2.2).
 */
public final class PromptMethod implements PeftMethod {
    @Override
    public String id() {
        return "prompt";
    }

    @Override
    public String peftType() {
        return "PROMPT_TUNING";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        PromptRows rows = PromptRows.read(settings, model);
        String init = settings.choice("prompt_tuning_init", "SAMPLE_VOCAB", "RANDOM", "SAMPLE_VOCAB", "TEXT");
        Init start = init.equals("TEXT")
                ? fromText(settings)
                : init.equals("RANDOM") ? Init.normal(1) : fromVocabulary(model.vocabularySize());
        for (String key : new String[] {"prompt_tuning_init_text", "tokenizer_name_or_path", "tokenizer_kwargs"}) {
            settings.inert(key); // PEFT's words for where the start came from
        }
        return rows.injection(
                parameters -> parameters.trainable("prompt_embeddings", start, rows.tableRows(), rows.width()));
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    private static Init fromText(Settings settings) {
        String text = settings.text("prompt_tuning_init_text", "");
        settings.text("tokenizer_name_or_path", "base"); // PEFT's own reader insists on one
        if (text.isBlank()) {
            throw settings.wrong("prompt_tuning_init_text", text, "a text, with prompt_tuning_init=TEXT");
        }
        return (start, values) -> repeat(start.embeddings(text), values);
    }

    private static Init fromVocabulary(int size) {
        return (Start start, float[] values) -> {
            CounterRandom random = start.random();
            int[] tokens = new int[Math.toIntExact(start.shape()[0])];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = random.below(size, i);
            }
            repeat(start.embeddings(tokens), values);
        };
    }

    private static void repeat(float[] rows, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = rows[i % rows.length];
        }
    }
}
