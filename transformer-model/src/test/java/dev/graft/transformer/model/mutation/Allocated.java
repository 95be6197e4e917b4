package dev.graft.transformer.model.mutation;

import java.io.IOException;
import java.lang.reflect.Method;

/** Counts the heap that a thread allocates; by reflection, as the module under test does not read java.management. */
final class Allocated {
    private Allocated() {}

    /** What is measured. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    static long here(Work work) throws IOException {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Method count =
                    Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
            long id = Thread.currentThread().getId();
            long before = (Long) count.invoke(bean, id);
            work.run();
            return (Long) count.invoke(bean, id) - before;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
