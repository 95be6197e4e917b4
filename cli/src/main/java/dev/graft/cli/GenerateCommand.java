package dev.graft.cli;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.BeamOptions;
import dev.graft.transformer.model.Generated;
import dev.graft.transformer.model.GenerationConfig;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.TextGenerator;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

    @Mixin
    private ChatOptions chat;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most tokens of the continuation (${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Ends the text where this begins, and is no part of it; may be repeated.")
    private List<String> stops = List.of();

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private BeamSearchOptions beamSearch;

    @Inject
    GenerateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Generator.Options.greedy(maxNewTokens); // checks the number
        beamSearch.check(sampling.sampling(), stops);
        try (ClassifierOptions.Opened opened = model.open(false);
                Workers workers = compute.workers()) {
            BaseModel base = opened.base();
            GenerationConfig asked = base.generation();
            Generator.Options options =
                    new Generator.Options(maxNewTokens, sampling.sampling(asked.repetitionPenalty()), true);
            BeamOptions beams = beamSearch.beams(options.sampling(), stops, asked.beams());
            TextGenerator generator = new TextGenerator(base, workers);
            int[] tokens = chat.tokens(base, prompt);
            List<Adapter> adapter = Arrays.asList(opened.adapter());
            long begin = System.nanoTime();
            Generated text = beams == null
                    ? generator
                            .generate(List.of(tokens), adapter, options, stops, (number, piece) -> show(piece))
                            .get(0)
                    : generator
                            .search(List.of(tokens), adapter, maxNewTokens, beams)
                            .get(0);
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (report.json()) {
                report.print(result(tokens, text, seconds));
            } else {
                console.out().println(beams == null ? "" : text.text());
            }
        }
        return 0;
    }

    /** A piece as soon as it is written, for a person who reads along. */
    private void show(String piece) {
        if (!report.json()) {
            console.out().print(piece);
            console.out().flush();
        }
    }

    private static Map<String, Object> result(int[] prompt, Generated text, double seconds) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("text", text.text());
        result.put("tokens", text.tokens());
        result.put("prompt_tokens", prompt.length);
        result.put("ended", text.finish() == Generated.Finish.END);
        result.put("finish", text.finish().name().toLowerCase(Locale.ROOT));
        result.put("tokens_per_s", Math.round(text.tokens().length / seconds));
        return result;
    }
}
