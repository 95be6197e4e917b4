package dev.graft.transformer.model.weights;

/** How the matrices of a frozen base are kept in memory. */
public enum Compaction {
    /** As floats, but for what the file holds quantised. */
    STORED,
    /** All as floats. */
    F32,
    /** The upper half of each float, rounded to the nearest. */
    BF16,
    /** A byte each, with a factor a row. */
    INT8,
    /** 4 bits each, with a factor for every 32 of a row; bytes where a row is no multiple of 32. */
    INT4
}
