package dev.graft.transformer.model.gguf;

/**
 * A tensor as the header describes it.
 *
 * @param type of its values
 * @param shape rows first; the file has it the other way round
 * @param offset of its first byte in the data
 * @param bytes how many
 */
record GgufTensor(GgufType type, long[] shape, long offset, long bytes) {}
