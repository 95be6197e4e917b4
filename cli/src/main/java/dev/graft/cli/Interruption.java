package dev.graft.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Says what is left of runs whose process is interrupted, by Ctrl-C or by the system. */
final class Interruption implements AutoCloseable {
    private final Thread hook;

    private Interruption(Thread hook) {
        this.hook = hook;
    }

    /** From now on, until it is closed. */
    static Interruption during(List<Path> runs, Console console) {
        Thread hook = new Thread(() -> runs.forEach(run -> say(run, console)), "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(hook);
    }

    private static void say(Path run, Console console) {
        if (Files.exists(run.resolve("adapter_model.safetensors"))) {
            return; // this one of several runs is finished
        }
        boolean kept = Files.exists(run.resolve("checkpoint"));
        console.err()
                .println((console.terminal() ? "\n" : "") + "graft: interrupted; "
                        + (kept
                                ? "the same command with --resume goes on from the last checkpoint in "
                                : "there is no checkpoint yet in ")
                        + run);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending: it has been said
        }
    }
}
