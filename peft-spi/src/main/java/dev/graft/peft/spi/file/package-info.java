/**
 * Reading and writing of files, for the framework only.
 *
 * <ul>
 *   <li>{@link dev.graft.peft.spi.file.SafetensorsFile} maps a file of tensors read-only;
 *       {@link dev.graft.peft.spi.file.SafetensorsWriter} writes one.
 *   <li>{@link dev.graft.peft.spi.file.AtomicFiles} makes files and folders appear whole or not at all.
 *   <li>{@link dev.graft.peft.spi.file.Json} reads JSON strictly.
 *   <li>{@link dev.graft.peft.spi.file.AdapterFiles} reads and writes an adapter's folder, ours and Hugging Face PEFT's.
 * </ul>
 *
 * <p>Every length and offset is checked before anything is allocated. Content that is wrong is a
 * {@link dev.graft.peft.spi.file.FileFormatException}, whose message names the file, what is wrong and what is allowed;
 * no other exception comes from content.
 */
package dev.graft.peft.spi.file;
