package dev.graft.transformer.model;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.PeftNotes;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Adapters on disk, in the layout of Hugging Face PEFT. */
public final class AdapterFolder {
    /** PEFT's word for classes of tokens. */
    static final String TOKENS = "TOKEN_CLS";

    private static final String ROOT = "base_model.model.";
    private static final String PROMPT_ROOT = "base_model.";

    private AdapterFolder() {}

    /**
     * An adapter with what its folder notes about it.
     *
     * @param adapter ready for use
     * @param notes of its training, as far as they are known
     */
    public record Stored(Adapter adapter, GraftNotes notes) {}

    /** An adapter's files are whole, but it is none for this base. */
    public static final class MisfitException extends FileFormatException {
        private static final long serialVersionUID = 1L;

        private MisfitException(Path folder, String problem, Throwable cause) {
            super(folder, problem, cause);
        }
    }

    /**
     * Loads an adapter for a base.
     *
     * @throws FileFormatException if a file is missing or wrong
     * @throws MisfitException if the adapter was made for another base, or its tensors do not fit this one
     * @throws dev.graft.peft.spi.SettingsException if its method or one of its settings is unknown
     */
    public static Stored load(BaseModel base, PeftMethods methods, Path folder) throws IOException {
        AdapterRecord record = AdapterHubNames.settled(base, methods, AdapterFiles.read(folder), folder);
        String made = record.notes().baseFingerprint();
        if (made != null && !made.equals(base.fingerprint())) {
            throw new MisfitException(
                    folder,
                    "was trained on another base: on the one with fingerprint " + made + ", not on " + base.directory()
                            + " with " + base.fingerprint(),
                    null);
        }
        try {
            Adapter adapter = Adapter.restore(base, methods, id(methods, record), record, labels(base, record));
            return new Stored(adapter, record.notes());
        } catch (IllegalArgumentException e) {
            throw new MisfitException(
                    folder, "does not fit the base in " + base.directory() + ": " + e.getMessage(), e);
        }
    }

    /** The id of the method, if it is installed: files have Hugging Face PEFT's name for it. */
    public static String id(PeftMethods methods, AdapterRecord record) {
        if (record.method().equals(AdapterFiles.ADAPTER_HUB)) {
            return AdapterHubNames.id(methods, record.settings()).orElse(record.method());
        }
        String type = record.method().toUpperCase(Locale.ROOT).replace('-', '_');
        return methods.idOfType(type).orElse(record.method());
    }

    /** The noted labels; else the base's, if there are as many; else numbered ones, as transformers names them. */
    private static List<String> labels(BaseModel base, AdapterRecord record) {
        HeadPlan plan = base.transformer().head().plan();
        boolean tokens = TOKENS.equals(record.peft().taskType());
        String out = (tokens ? plan.module() : plan.out()) + ".weight";
        AdapterTensor head =
                record.tensors().getOrDefault(ROOT + out, record.tensors().get(PROMPT_ROOT + out));
        if (head == null
                && !record.peft().modulesToSave().contains(plan.module())
                && record.tensors().keySet().stream().noneMatch(name -> plan.owns(name.substring(rootLength(name))))) {
            return List.of();
        }
        if (head == null || head.shape().length != 2 || head.values().length == 0) {
            throw new IllegalArgumentException("tensor " + ROOT + out + " (" + PROMPT_ROOT + out
                    + " where the method adapts no modules) is missing, or not of shape [labels, hidden]");
        }
        int count = Math.toIntExact(head.shape()[0]);
        if (record.notes().labels().size() == count) {
            return record.notes().labels();
        }
        if (base.config().labels().size() == count) {
            return base.config().labels();
        }
        List<String> numbered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbered.add("LABEL_" + i);
        }
        return numbered;
    }

    /** A head's tensor stands deeper in PEFT's model if its modules are adapted. */
    private static int rootLength(String name) {
        return name.startsWith(ROOT) ? ROOT.length() : name.startsWith(PROMPT_ROOT) ? PROMPT_ROOT.length() : 0;
    }

    /**
     * Writes an adapter's folder whole or not at all.
     *
     * @param replace true to replace an adapter that is there
     */
    public static void save(Path folder, BaseModel base, Adapter adapter, GraftNotes notes, boolean replace)
            throws IOException {
        AdapterFiles.write(folder, record(base, adapter, notes), replace);
    }

    /** Writes an adapter's files into a folder that may hold others; each appears whole. */
    public static void saveInto(Path folder, BaseModel base, Adapter adapter, GraftNotes notes) throws IOException {
        AdapterFiles.writeInto(folder, record(base, adapter, notes));
    }

    /** What PEFT calls a task without a head of its own. */
    private static String task(BaseModel base) {
        if (!base.config().generates()) {
            return null;
        }
        return base.config().encoderDecoder() ? "SEQ_2_SEQ_LM" : "CAUSAL_LM";
    }

    private static AdapterRecord record(BaseModel base, Adapter adapter, GraftNotes notes) {
        Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
        for (AdapterParameter parameter : adapter.tensors().stored()) {
            tensors.put(parameter.name(), new AdapterTensor(parameter.shape(), adapter.value(parameter)));
        }
        adapter.tensors().copies().forEach((name, of) -> tensors.put(name, tensors.get(of.name())));
        boolean head = !adapter.labels().isEmpty();
        Map<String, Object> settings = new LinkedHashMap<>(adapter.settings());
        List<String> saved =
                new ArrayList<>(head ? List.of(base.transformer().head().plan().module()) : List.of());
        if (settings.remove(WholeModules.KEY) instanceof List<?> others) {
            others.forEach(other -> saved.add((String) other));
        }
        PeftNotes peft = new PeftNotes(
                head ? adapter.perToken() ? TOKENS : "SEQ_CLS" : task(base),
                base.directory() == null ? null : base.directory().getFileName().toString(),
                null,
                saved);
        String type = adapter.peftType().toLowerCase(Locale.ROOT).replace('_', '-');
        return new AdapterRecord(type, peft, settings, adapter.keysBeyondPeft(), tensors, notes);
    }
}
