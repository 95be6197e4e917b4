package dev.graft.transformer.model.weights;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds and opens the safetensors files of a Hugging Face directory. */
final class WeightFiles {
    private static final String WHOLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String PICKLE = "pytorch_model.bin";

    private WeightFiles() {}

    static List<WeightFile> open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(
                    directory.toString(), null, "is no folder; a base is a Hugging Face directory");
        }
        if (Files.exists(directory.resolve(WHOLE))) {
            return List.of(new SafetensorsWeights(SafetensorsFile.open(directory.resolve(WHOLE))));
        }
        if (Files.exists(directory.resolve(INDEX))) {
            return shards(directory, directory.resolve(INDEX));
        }
        if (Files.exists(directory.resolve(PICKLE)) || Files.exists(directory.resolve(PICKLE + ".index.json"))) {
            throw new FileFormatException(
                    directory,
                    "holds its weights only as " + PICKLE
                            + ", a Python pickle, which can run any code when it is read; "
                            + "convert it in Python with model.save_pretrained(folder, safe_serialization=True)");
        }
        throw new FileFormatException(directory, "holds neither " + WHOLE + " nor " + INDEX);
    }

    private static List<WeightFile> shards(Path directory, Path index) throws IOException {
        List<WeightFile> files = new ArrayList<>();
        for (Map.Entry<String, Set<String>> shard : ShardIndex.read(index).entrySet()) {
            files.add(new SafetensorsWeights(shard(directory.resolve(shard.getKey()), index, shard.getValue())));
        }
        return List.copyOf(files);
    }

    private static SafetensorsFile shard(Path path, Path index, Set<String> wanted) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new FileFormatException(index, "names the file " + path.getFileName() + ", which is not there");
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        if (!file.names().equals(wanted)) {
            Set<String> missing = new HashSet<>(wanted);
            missing.removeAll(file.names());
            Set<String> extra = new HashSet<>(file.names());
            extra.removeAll(wanted);
            throw new FileFormatException(
                    path,
                    "does not hold what " + index.getFileName() + " says; missing: " + list(missing) + "; not listed: "
                            + list(extra));
        }
        return file;
    }

    /** The names that end alike, for a message. */
    static String near(String name, Collection<String> names) {
        String last = name.substring(name.lastIndexOf('.', Math.max(0, name.lastIndexOf('.') - 1)) + 1);
        List<String> alike = names.stream().filter(n -> n.endsWith(last)).toList();
        return "; names that are there: " + list(alike.isEmpty() ? names : alike);
    }

    private static String list(Collection<String> names) {
        return names.isEmpty() ? "none" : names.stream().sorted().limit(8).collect(Collectors.joining(", "));
    }
}
