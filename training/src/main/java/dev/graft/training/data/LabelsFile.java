package dev.graft.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** labels.json: a list of texts that fixes the order of the labels. */
final class LabelsFile {
    static final String NAME = "labels.json";

    private static final String ALLOWED = "; allowed: a list of labels, such as [\"no\", \"yes\"]";

    private LabelsFile() {}

    static List<String> read(Path file) throws DataException {
        JsonNode node = parse(file);
        if (!node.isArray() || node.isEmpty()) {
            throw new DataException(
                    file + " is " + (node.isMissingNode() ? "empty" : Shown.of(node.toString())) + ALLOWED);
        }
        Set<String> labels = new LinkedHashSet<>();
        for (JsonNode label : node) {
            if (!label.isTextual() || label.textValue().isBlank()) {
                throw new DataException(
                        file + " holds " + Shown.of(label.toString()) + "; allowed: texts that are not blank");
            }
            if (!labels.add(label.textValue())) {
                throw new DataException(
                        file + " holds the label '" + Shown.of(label.textValue()) + "' twice; remove one");
            }
        }
        return List.copyOf(labels);
    }

    private static JsonNode parse(Path file) throws DataException {
        try {
            return JsonLines.MAPPER.readTree(JsonLines.decode(Files.readAllBytes(file), file, 1));
        } catch (JsonProcessingException e) {
            throw new DataException(
                    file + ", line " + e.getLocation().getLineNr() + ": not JSON: " + e.getOriginalMessage() + ALLOWED,
                    e);
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + Shown.reason(e), e);
        }
    }
}
