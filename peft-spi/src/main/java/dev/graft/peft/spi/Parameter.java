package dev.graft.peft.spi;

/**
 * A handle on a declared tensor; {@link Context#use} gives its value in a forward pass. It belongs to one adapter, may
 * be kept and used by any thread, and is equal to itself only; implemented by the framework only.
 */
public interface Parameter {
    /** Its whole name in the adapter's file; unique in the adapter. */
    String name();

    /** The shape; a copy. */
    long[] shape();
}
