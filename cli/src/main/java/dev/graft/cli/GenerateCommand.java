package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Continues a text. */
@Command(
        name = "generate",
        description =
                "Continues a text with a decoder such as GPT-2, or answers it with an encoder-decoder such as BART: "
                        + "the most probable token each time, or with --temperature one that is drawn.")
final class GenerateCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ClassifierOptions model;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private Report report;

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The text.")
    private String prompt;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most tokens of the continuation (${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 takes the most probable token; above, logits are divided by it and a token is drawn "
                    + "(${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw among the most probable tokens that together reach this share (${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of the draws (${DEFAULT-VALUE}).")
    private long seed;

    @Inject
    GenerateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Generator.Options options = options();
        try (ClassifierOptions.Opened opened = model.open(false);
                Workers workers = compute.workers()) {
            BaseModel base = opened.base();
            int[] tokens = base.promptTokens(prompt);
            List<Adapter> adapter = Arrays.asList(opened.adapter());
            long begin = System.nanoTime();
            int[] text = new Generator(base, workers)
                    .generate(List.of(tokens), adapter, options)
                    .get(0);
            double seconds = (System.nanoTime() - begin) / 1e9;
            boolean ended = text.length > 0 && base.config().endTokens().contains(text[text.length - 1]);
            String shown = base.tokenizer().decode(ended ? Arrays.copyOf(text, text.length - 1) : text);
            if (!report.json()) {
                console.out().println(shown);
                return 0;
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("text", shown);
            result.put("tokens", text);
            result.put("prompt_tokens", tokens.length);
            result.put("ended", ended);
            result.put("tokens_per_s", Math.round(text.length / seconds));
            report.print(result);
        }
        return 0;
    }

    private Generator.Options options() {
        if (maxNewTokens < 1) {
            throw new SettingsException("--max-new-tokens is " + maxNewTokens + "; allowed: 1 or more");
        }
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new SettingsException("--temperature is " + temperature + "; allowed: a number from 0");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new SettingsException("--top-p is " + topP + "; allowed: above 0 up to 1");
        }
        return new Generator.Options(maxNewTokens, temperature, topP, seed, true);
    }
}
