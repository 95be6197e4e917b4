package dev.graft.cli;

import dev.graft.transformer.model.AdapterReport;
import dev.graft.transformer.model.AdapterReport.At;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Where an adapter acts, in words: by site, and summed up by layer. */
final class InspectedPlaces {
    private InspectedPlaces() {}

    /** Adds {@code sites}, {@code layers} and what belongs to no site. */
    static void put(Map<String, Object> found, AdapterReport report) {
        Map<String, Object> sites = new LinkedHashMap<>();
        Map<String, Sum> sums = new LinkedHashMap<>();
        for (At at : report.sites()) {
            // two slots may have one path, such as a block and the projection at its end
            sites.put(at.site().path() + " " + at.site().slot(), site(at));
            sums.computeIfAbsent(layer(at), key -> new Sum()).add(at);
        }
        Map<String, Object> layers = new LinkedHashMap<>();
        sums.forEach((layer, sum) -> layers.put(layer, sum.words()));
        found.put("classifier_parameters", report.classifier());
        found.put("shared_parameters", report.shared());
        found.put("sites", sites);
        found.put("layers", layers);
    }

    private static String layer(At at) {
        String side = at.site().side().name().toLowerCase(Locale.ROOT);
        return at.site().layer() < 0
                ? side + " outside"
                : side + " " + at.site().layer();
    }

    private static Map<String, Object> site(At at) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("parameters", at.parameters());
        words.put("parameter_norm", at.parameterNorm());
        if (at.reason() == null) {
            words.put("update_norm", at.updateNorm());
            words.put("relative_update", at.updateNorm() / at.weightNorm());
            words.put("bias_update_norm", at.biasNorm());
        } else {
            words.put("no_update_of_a_weight", at.reason());
        }
        return words;
    }

    /** A layer's sites together. */
    private static final class Sum {
        private long sites;
        private long parameters;
        private double parameterSquares;
        private double updateSquares;
        private double weightSquares;
        private boolean affine;

        void add(At at) {
            sites++;
            parameters += at.parameters();
            parameterSquares += at.parameterNorm() * at.parameterNorm();
            if (at.reason() == null) {
                affine = true;
                updateSquares += at.updateNorm() * at.updateNorm();
                weightSquares += at.weightNorm() * at.weightNorm();
            }
        }

        Map<String, Object> words() {
            Map<String, Object> words = new LinkedHashMap<>();
            words.put("sites", sites);
            words.put("parameters", parameters);
            words.put("parameter_norm", Math.sqrt(parameterSquares));
            words.put("update_norm", affine ? Math.sqrt(updateSquares) : null);
            words.put("relative_update", affine ? Math.sqrt(updateSquares / weightSquares) : null);
            return words;
        }
    }
}
