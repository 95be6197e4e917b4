package dev.graft.peft.testkit;

import java.util.Map;

/**
 * Settings that a method is tested with.
 *
 * @param name in the test's report
 * @param settings keys and values
 */
record Case(String name, Map<String, ?> settings) {
    @Override
    public String toString() {
        return name;
    }
}
