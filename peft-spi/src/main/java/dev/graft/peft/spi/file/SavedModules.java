package dev.graft.peft.spi.file;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * With bias="all" PEFT stores the bias of a saved module three times: as itself, under {@code modules_to_save} (the
 * same, within a module that has others with the adapter's name in front) and under {@code original_module} (the base's
 * own, never used). Only the first is kept.
 */
final class SavedModules {
    private SavedModules() {}

    static Map<String, AdapterTensor> withoutCopies(
            Path file, Map<String, AdapterTensor> tensors, List<String> modulesToSave) throws FileFormatException {
        Map<String, AdapterTensor> kept = new LinkedHashMap<>();
        for (Map.Entry<String, AdapterTensor> tensor : tensors.entrySet()) {
            String name = tensor.getKey();
            AdapterTensor trained = tensors.get(without(name, ".modules_to_save.", modulesToSave));
            if (trained == null) {
                trained = tensors.get(without(name, ".modules_to_save.default.", modulesToSave));
            }
            AdapterTensor instead = tensors.get(without(name, ".original_module.", modulesToSave));
            if (trained != null && !isSame(trained, tensor.getValue())) {
                throw new FileFormatException(
                        file, "tensor '" + name + "' differs from the one of the same name without modules_to_save");
            }
            if (trained == null && instead == null) {
                kept.put(name, tensor.getValue());
            }
        }
        return kept;
    }

    /** The name without that part, if a saved module is before it; else null. */
    private static String without(String name, String part, List<String> modulesToSave) {
        int at = name.lastIndexOf(part);
        if (at < 0) {
            return null;
        }
        String module = name.substring(0, at);
        return modulesToSave.stream().anyMatch(module::endsWith)
                ? module + "." + name.substring(at + part.length())
                : null;
    }

    private static boolean isSame(AdapterTensor a, AdapterTensor b) {
        return Arrays.equals(a.shape(), b.shape()) && Arrays.equals(a.values(), b.values());
    }
}
