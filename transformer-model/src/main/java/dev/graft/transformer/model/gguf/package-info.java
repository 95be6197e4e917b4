/** Reads GGUF, the format of llama.cpp: one file with weights, often quantised, sizes and tokenizer. */
package dev.graft.transformer.model.gguf;
