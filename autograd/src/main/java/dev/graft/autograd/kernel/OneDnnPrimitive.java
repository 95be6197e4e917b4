package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.javacpp.Pointer;

/** A compiled oneDNN primitive with its arguments, which are aimed at new addresses for every run. */
final class OneDnnPrimitive implements AutoCloseable {
    private final primitive owner;
    private final dnnl_primitive handle;
    private final memory[] memories;
    private final dnnl_memory[] handles;
    private final dnnl_exec_arg_t arguments;
    private final long[][] passes;
    private final long[] targets;
    private final Address address = new Address();

    /** An argument of a primitive: its number in oneDNN's interface and its layout. */
    record Argument(int number, memory.desc layout) {}

    OneDnnPrimitive(engine engine, primitive compiled, Argument... arguments) {
        this(engine, compiled, new long[][] {null}, arguments); // one pass, at the addresses themselves
    }

    /**
     * A primitive that one call runs several times.
     *
     * @param passes for each pass, the bytes to add to each argument's address
     */
    OneDnnPrimitive(engine engine, primitive compiled, long[][] passes, Argument... arguments) {
        this.owner = compiled;
        this.handle = compiled.get();
        this.passes = passes;
        this.memories = new memory[arguments.length];
        this.handles = new dnnl_memory[arguments.length];
        this.targets = new long[arguments.length];
        this.arguments = new dnnl_exec_arg_t(arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            memories[i] = new memory(arguments[i].layout(), engine, new Address());
            handles[i] = memories[i].get();
            this.arguments.position(i).arg(arguments[i].number()).memory(handles[i]);
        }
        this.arguments.position(0);
    }

    /** Runs on the given addresses, in the order of the arguments, and returns when it is done. */
    void run(dnnl_stream queue, long... addresses) {
        for (long[] offsets : passes) {
            for (int i = 0; i < handles.length; i++) {
                aim(i, offsets == null ? addresses[i] : addresses[i] + offsets[i]);
            }
            int status = dnnl_primitive_execute(handle, queue, handles.length, arguments);
            if (status != dnnl_success) {
                throw new IllegalStateException("oneDNN failed with status " + status);
            }
        }
    }

    /** Most arguments of a loop over parts stay where they are: a call into oneDNN each time would be felt. */
    private void aim(int argument, long target) {
        if (targets[argument] != target) {
            targets[argument] = target;
            address.aim(target);
            dnnl_memory_set_data_handle(handles[argument], address);
        }
    }

    @Override
    public void close() {
        for (memory memory : memories) {
            memory.close();
        }
        arguments.close();
        owner.close();
    }

    /** A pointer that can be aimed anywhere without a new object for every call. */
    private static final class Address extends Pointer {
        void aim(long target) {
            address = target;
        }
    }
}
