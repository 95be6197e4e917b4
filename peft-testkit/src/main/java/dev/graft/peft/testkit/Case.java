package dev.graft.peft.testkit;

import java.util.Map;

/**
 * Settings that a method is tested with.
 *
 * @param name in the test's report
 * @param settings keys and values
 */
record Case(String name, Map<String, ?> settings) {
    /** 0 or 1, by the names of base and settings: for laws that halve the work, as all cases together do all of it. */
    int half(Bench bench) {
        return (bench.family + name).hashCode() & 1;
    }

    @Override
    public String toString() {
        return name;
    }
}
