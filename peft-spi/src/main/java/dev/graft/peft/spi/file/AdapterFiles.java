package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An adapter's folder: {@code adapter_config.json} and {@code adapter_model.safetensors} as Hugging Face PEFT has them,
 * and {@code graft.json}. Folders that PEFT made are read too, and PEFT reads these; of AdapterHub's,
 * bottlenecks, LoRA, IA3 and prefixes are read.
 */
public final class AdapterFiles {
    /**
     * The method of a record whose folder AdapterHub's library wrote: its settings say which adapter it is, and its
     * tensors stand under the library's modules.
     */
    public static final String ADAPTER_HUB = "adapter-hub";

    private static final String CONFIG = "adapter_config.json";
    private static final String TENSORS = "adapter_model.safetensors";
    private static final String NOTES = "graft.json";
    private static final String PICKLE = "adapter_model.bin";
    private static final Set<String> REPLACEABLE = Set.of(CONFIG, TENSORS, NOTES, "README.md");

    private AdapterFiles() {}

    /** True if the folder looks like an adapter's. */
    public static boolean isAdapter(Path folder) {
        return Files.exists(folder.resolve(CONFIG));
    }

    /**
     * Reads an adapter whole.
     *
     * @throws FileFormatException if a file is missing or wrong, or a tensor holds a value that is not finite
     */
    public static AdapterRecord read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(
                    folder.toString(),
                    null,
                    "no such folder; an adapter is a folder with " + CONFIG + " and " + TENSORS);
        }
        Path theirs = folder.resolve(CONFIG);
        AdapterRecord hub = Files.exists(theirs) ? AdapterHubFiles.read(folder, theirs) : null;
        if (hub != null) {
            return hub;
        }
        check(folder);
        Path tensors = folder.resolve(TENSORS);
        NotesFile notes = Files.exists(folder.resolve(NOTES)) ? notes(folder) : null;
        AdapterConfig config = AdapterConfig.read(folder.resolve(CONFIG));
        if (notes != null && !notes.method().equals(config.method())) {
            throw new FileFormatException(
                    folder,
                    NOTES + " is of the method '" + notes.method() + "', but " + CONFIG + " of '" + config.method()
                            + "'");
        }
        Map<String, AdapterTensor> all = SavedModules.withoutCopies(
                tensors, tensors(tensors), config.peft().modulesToSave());
        Map<String, Object> settings = new LinkedHashMap<>(config.settings());
        if (notes != null) {
            settings.putAll(notes.beyondPeft());
        }
        return new AdapterRecord(
                config.method(),
                config.peft(),
                settings,
                notes == null ? Set.of() : notes.beyondPeft().keySet(),
                all,
                notes == null ? GraftNotes.NONE : notes.notes());
    }

    private static void check(Path folder) throws FileFormatException {
        for (String needed : new String[] {CONFIG, TENSORS}) {
            if (!Files.exists(folder.resolve(needed))) {
                String pickle = needed.equals(TENSORS) && Files.exists(folder.resolve(PICKLE))
                        ? "; " + PICKLE
                                + " is a Python pickle, which can run any code when it is read: load it in Python "
                                + "and save it again with safe_serialization=True"
                        : "; an adapter's folder has " + CONFIG + " and " + TENSORS;
                throw new FileFormatException(folder, "holds no " + needed + pickle);
            }
        }
    }

    private static NotesFile notes(Path folder) throws IOException {
        Path file = folder.resolve(NOTES);
        NotesFile notes = NotesFile.read(file);
        if (!notes.tensorsHash().equals(Hashes.sha256(folder.resolve(TENSORS)))) {
            throw new FileFormatException(
                    file,
                    "was written with another " + TENSORS + ": one of the two was exchanged. To use the tensors "
                            + "without these notes, delete " + NOTES);
        }
        return notes;
    }

    static Map<String, AdapterTensor> tensors(Path file) throws IOException {
        Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (String name : opened.names()) {
                AdapterTensor tensor = new AdapterTensor(opened.entry(name).shape(), opened.floats(name));
                int wrong = tensor.firstNotFinite();
                if (wrong >= 0) {
                    throw new FileFormatException(
                            file,
                            "tensor '" + name + "' holds " + tensor.values()[wrong] + " at element " + wrong
                                    + "; the adapter is damaged or its training diverged");
                }
                tensors.put(name, tensor);
            }
        }
        return tensors;
    }

    /**
     * Writes a folder whole or not at all.
     *
     * @param replace true to replace a folder that holds an adapter and nothing else
     * @throws java.nio.file.FileAlreadyExistsException if there is something else at its place
     */
    public static void write(Path folder, AdapterRecord adapter, boolean replace) throws IOException {
        AtomicFiles.folder(
                folder, existing -> replace && isOnlyAdapter(existing), inside -> writeInto(inside, adapter));
    }

    /**
     * Writes an adapter's files into a folder that exists and may hold others; each file appears whole. A process that
     * dies on the way leaves a folder that is refused when it is read, not one that mixes two adapters.
     */
    public static void writeInto(Path folder, AdapterRecord adapter) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        adapter.tensors().forEach((name, tensor) -> {
            int wrong = tensor.firstNotFinite();
            if (wrong >= 0) {
                throw new IllegalArgumentException("tensor '" + name + "' holds " + tensor.values()[wrong]
                        + " at element " + wrong + ": an adapter with values that are not finite is not written");
            }
            writer.add(name, tensor.shape(), tensor.values());
        });
        String config = AdapterConfig.text(adapter);
        writer.write(folder.resolve(TENSORS));
        AtomicFiles.write(folder.resolve(CONFIG), config);
        Map<String, Object> beyondPeft = new LinkedHashMap<>(adapter.settings());
        beyondPeft.keySet().retainAll(adapter.beyondPeft());
        if (adapter.notes().equals(GraftNotes.NONE) && beyondPeft.isEmpty()) {
            Files.deleteIfExists(folder.resolve(NOTES));
        } else {
            List<String> settings =
                    adapter.settings().keySet().stream().sorted().toList();
            String hash = Hashes.sha256(folder.resolve(TENSORS));
            AtomicFiles.write(
                    folder.resolve(NOTES),
                    new NotesFile(adapter.method(), hash, settings, beyondPeft, adapter.notes()).text());
        }
    }

    private static boolean isOnlyAdapter(Path folder) {
        try (Stream<Path> content = Files.list(folder)) {
            Set<String> names =
                    content.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
            return names.contains(CONFIG) && REPLACEABLE.containsAll(names);
        } catch (IOException e) {
            return false;
        }
    }
}
