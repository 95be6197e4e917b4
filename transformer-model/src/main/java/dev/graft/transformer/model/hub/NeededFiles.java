package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.SettingsException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which files of a repository Graft reads. A pickle is never among them: reading one runs whatever it says. */
final class NeededFiles {
    /** Small files beside the weights, each taken where it is there. */
    private static final List<String> BESIDE = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "tokenizer.model",
            "spiece.model",
            "sentencepiece.bpe.model",
            "chat_template.jinja",
            "chat_template.json");

    private static final String WHOLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final String ADAPTER = "adapter_model.safetensors";
    private static final List<String> OF_ADAPTER = List.of("adapter_config.json", ADAPTER, "graft.json");
    private static final Pattern PICKLE =
            Pattern.compile(".*\\.(bin|pt|pth|pkl|pickle|ckpt|joblib|npy|msgpack)", Pattern.CASE_INSENSITIVE);
    private static final Pattern PICKLED_WEIGHTS = Pattern.compile("(pytorch_model|adapter_model).*\\.bin(\\..*)?");
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_. +=()\\-]*");

    private final HubRepository repository;
    private final Set<String> all;

    NeededFiles(HubRepository repository, Set<String> all) {
        this.repository = repository;
        this.all = all;
    }

    /**
     * The files to fetch; the shards that an index names are not yet among them.
     *
     * @param named what the person asked for, or nothing: then the weights that there are
     * @throws SettingsException if there is nothing that can be read, or a named file is not there or a pickle
     */
    List<String> choose(Collection<String> named) {
        List<String> chosen = new ArrayList<>();
        BESIDE.stream().filter(all::contains).forEach(chosen::add);
        if (!named.isEmpty()) {
            named.forEach(name -> chosen.add(checked(name)));
            return chosen.stream().distinct().toList();
        }
        if (all.contains(WHOLE)) {
            chosen.add(WHOLE);
        } else if (all.contains(INDEX)) {
            chosen.add(INDEX);
        } else if (!all.contains(ADAPTER)) {
            throw new SettingsException(nothing());
        }
        OF_ADAPTER.stream().filter(all::contains).forEach(chosen::add);
        return List.copyOf(chosen);
    }

    private String checked(String name) {
        if (PICKLE.matcher(name).matches()) {
            throw new SettingsException("--file is " + name
                    + ", a Python pickle or the like, which can run any code when it is read; allowed: .safetensors, "
                    + ".gguf and small text files");
        }
        if (!all.contains(name)) {
            throw new SettingsException(
                    "--file is " + name + ", but " + repository + " has no such file; it has " + some(all));
        }
        return inside(name);
    }

    /** A name from a hub that stays below the folder that it is put into. */
    static String inside(String name) {
        for (String part : name.split("/", -1)) {
            if (!SAFE.matcher(part).matches() || part.endsWith(".")) {
                throw new SettingsException("a file is called '" + name
                        + "'; allowed: names of letters, digits, '-', '_', '.', with '/' between folders");
            }
        }
        return name;
    }

    private String nothing() {
        List<String> gguf = all.stream().filter(name -> name.endsWith(".gguf")).toList();
        if (!gguf.isEmpty()) {
            return repository + " holds its weights as GGUF; say which file with --file: " + some(gguf);
        }
        if (all.stream().anyMatch(name -> PICKLED_WEIGHTS.matcher(name).matches())) {
            return repository
                    + " holds its weights only as Python pickles (.bin), which can run any code when they are "
                    + "read, so they are not fetched; ask for a revision with safetensors, such as @refs/pr/1 where "
                    + "the hub converted it, or convert it in Python with model.save_pretrained(folder, "
                    + "safe_serialization=True) and give that folder";
        }
        return repository + " holds no weights that Graft reads (" + WHOLE + ", its shards, " + ADAPTER
                + ", or .gguf); it holds " + some(all);
    }

    private static String some(Collection<String> names) {
        String first = names.stream().sorted().limit(12).collect(Collectors.joining(", "));
        return names.size() <= 12 ? first : first + ", ... (" + names.size() + " in all)";
    }
}
