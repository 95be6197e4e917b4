package dev.graft.cli;

import java.io.PrintStream;

/**
 * Where the command writes.
 *
 * @param out results, and nothing else
 * @param err progress, notes and errors
 * @param terminal true if somebody watches {@code err}, so that a line there may be drawn again and again
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
    /** Set by the launcher, which can ask the system. */
    private static final String TERMINAL = "graft.terminal";

    /** The process's own streams. */
    static Console ofProcess() {
        return new Console(System.out, System.err, Boolean.getBoolean(TERMINAL));
    }
}
