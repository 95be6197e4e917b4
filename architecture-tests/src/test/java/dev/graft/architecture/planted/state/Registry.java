package dev.graft.architecture.planted.state;

import dev.graft.peft.spi.PeftMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers from run to run, discovers on its own, prints and ends the process. */
public final class Registry {
    static final AtomicInteger NAMES = new AtomicInteger();
    static final ArrayList<String> KNOWN = new ArrayList<>();
    static final double[] NUMBERS = {1};
    static final Map<String, String> HIDDEN = new TreeMap<>();
    private static int count;

    private Registry() {}

    /** Counts its calls. */
    public static int next() {
        return ++count;
    }

    /** Returns what there is, or ends the process. */
    public static List<PeftMethod> methods() {
        try {
            return ServiceLoader.load(PeftMethod.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();
        } catch (RuntimeException e) {
            e.printStackTrace();
            System.err.println(e);
            System.out.println("none");
            System.exit(1);
            throw e;
        }
    }
}
