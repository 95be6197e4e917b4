package dev.graft.training;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/** The process's resident memory, as Linux counts it. */
public final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");

    private Memory() {}

    /** Peak resident size in MiB since the start or the last {@link #resetPeak}; -1 where the system does not say. */
    public static long peakMiB() {
        long size = kiB("VmHWM:");
        return size < 0 ? -1 : size / 1024;
    }

    /** Resident size now, in KiB; -1 where the system does not say. */
    public static long residentKiB() {
        return kiB("VmRSS:");
    }

    private static long kiB(String name) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Starts a new peak at the present size; false where the system does not allow it. */
    public static boolean resetPeak() {
        try {
            Files.writeString(CLEAR, "5");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Gives unused memory back to the system, so that a new peak holds little of what ran before: garbage of the heap,
     * and, where the JVM can, freed blocks that the C library kept.
     */
    public static void giveBack() {
        System.gc();
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException e) {
            // This JVM has no such command: blocks that the C library keeps count as held.
            return;
        }
    }
}
