package dev.graft.training.data;

import dev.graft.autograd.CounterRandom;
import dev.graft.training.files.CompleteFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The embedded task, made from WordNet 3.1: the definition of a noun's sense, to be sorted into one of 24 categories.
 *
 * <p>A text is the definition up to the first semicolon, its label the name of the sense's lexicographer file without
 * "noun."; noun.Tops and noun.motive are left out. Each text occurs once in all parts together, and a text that stands
 * in two categories not at all, so that no test row was seen in training. Parts are stratified: each has nearly the
 * same share of every category. Test and validation rows do not depend on the number of training rows, and fewer
 * training rows are a part of more.
 */
public final class WordNetData {
    /** System property with the folder that holds {@link #JAR}. */
    public static final String DIRECTORY = "graft.data.dir";

    /** The file, in that folder. */
    public static final String JAR = "wordnet-3.1.jar";

    /** What it is, for reports. */
    public static final String NAME = "WordNet 3.1, definitions of nouns";

    /** Whose it is, for reports; {@link #licence()} is the whole text. */
    public static final String ATTRIBUTION = "WordNet 3.1 Copyright 2011 by Princeton University. All rights reserved."
            + " Used under the WordNet License; provided as is, without warranty.";

    private static final int VALIDATION = 500;
    private static final int TEST = 1000;
    private static final Set<String> LEFT_OUT = Set.of("Tops", "motive");

    private WordNetData() {}

    /** 1000 training rows, 500 to validate, 1000 to test. */
    public static ClassificationData quick() throws DataException {
        return split(1000, VALIDATION, TEST, 0);
    }

    /** 4000 training rows; validation and test rows as in the quick set. */
    public static ClassificationData full() throws DataException {
        return split(4000, VALIDATION, TEST, 0);
    }

    /** Parts of the given sizes; another seed draws other rows. */
    public static ClassificationData split(int train, int validation, int test, long seed) throws DataException {
        Map<String, List<String>> texts = file().textsByClass(LEFT_OUT);
        List<String> labels = List.copyOf(new TreeSet<>(texts.keySet()));
        CounterRandom random = new CounterRandom(seed).with("wordnet");
        List<Example> drawn = draw(texts, labels, Math.addExact(Math.addExact(train, validation), test), random);
        return new ClassificationData(
                labels,
                shuffled(drawn.subList(test + validation, drawn.size()), random.with("train")),
                shuffled(drawn.subList(test, test + validation), random.with("validation")),
                shuffled(drawn.subList(0, test), random.with("test")));
    }

    /** The text of WordNet's licence, which every copy must carry. */
    public static String licence() throws DataException {
        return file().licence();
    }

    /** Writes a data folder, so that the format can be seen and other programs can train on it, with the licence. */
    public static void write(ClassificationData data, Path folder) throws DataException {
        data.write(folder);
        try {
            CompleteFile.write(folder.resolve("LICENSE.txt"), licence());
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException(folder + " cannot be written: " + Shown.reason(e), e);
        }
    }

    private static WordNetFile file() throws DataException {
        String folder = System.getProperty(DIRECTORY);
        if (folder == null) {
            throw new DataException("system property " + DIRECTORY + " is not set; it must name the folder that holds "
                    + JAR + " (bin/graft sets it)");
        }
        return WordNetFile.read(Path.of(folder, JAR));
    }

    private record Drawn(double place, Example row) {}

    /**
     * The first rows of a random order in which every stretch has nearly the same share of each category: row i of n,
     * shuffled, of a category stands at (i + offset) / n.
     */
    private static List<Example> draw(
            Map<String, List<String>> texts, List<String> labels, int rows, CounterRandom random) {
        int total = texts.values().stream().mapToInt(List::size).sum();
        if (rows > total) {
            throw new IllegalArgumentException(rows + " rows are wanted; WordNet gives " + total);
        }
        List<Drawn> drawn = new ArrayList<>();
        for (String label : labels) {
            List<String> of = texts.get(label);
            CounterRandom own = random.with(label);
            int[] order = own.permutation(of.size());
            double offset = own.uniform(of.size());
            // Every stretch that ends at place p holds more than total * p - labels rows.
            double last = (rows + labels.size()) / (double) total;
            for (int i = 0; i < order.length && (i + offset) / order.length <= last; i++) {
                drawn.add(new Drawn((i + offset) / order.length, new Example(of.get(order[i]), label)));
            }
        }
        drawn.sort(Comparator.comparingDouble(Drawn::place)
                .thenComparing(d -> d.row().text()));
        return drawn.stream().limit(rows).map(Drawn::row).toList();
    }

    private static List<Example> shuffled(List<Example> rows, CounterRandom random) {
        List<Example> shuffled = new ArrayList<>(rows.size());
        for (int row : random.permutation(rows.size())) {
            shuffled.add(rows.get(row));
        }
        return shuffled;
    }
}
