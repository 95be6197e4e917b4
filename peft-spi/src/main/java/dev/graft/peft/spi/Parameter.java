package dev.graft.peft.spi;

/** A handle on a declared tensor; {@link Context#use} gives its value in a forward pass. */
public interface Parameter {
    /** Name in the adapter's file. */
    String name();

    /** The shape; a copy. */
    long[] shape();
}
