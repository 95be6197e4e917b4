/** Looks at a tokenizer.json before the native library reads it, which ends the process where a file makes it fail. */
package dev.graft.transformer.model.tokenizer;
