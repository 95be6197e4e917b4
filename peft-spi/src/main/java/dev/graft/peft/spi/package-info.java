/**
 * The contract between the framework and a PEFT method: the framework owns, the method describes.
 *
 * <ul>
 *   <li>A {@link dev.graft.peft.spi.PeftMethod} reads {@link dev.graft.peft.spi.Settings} and gives an
 *       {@link dev.graft.peft.spi.Injection}.
 *   <li>The injection declares {@link dev.graft.peft.spi.Parameters} at each {@link dev.graft.peft.spi.Site} that it
 *       wants and gives a {@link dev.graft.peft.spi.Hook} for it.
 *   <li>The hook changes what enters or leaves the site in each forward pass, which it sees as a
 *       {@link dev.graft.peft.spi.Context}.
 * </ul>
 *
 * <p>Threads: configuring and attaching happen once an adapter, on the thread that makes or loads it. Hooks, derived
 * tensors and penalties run on the threads that compute, many passes at a time; {@link
 * dev.graft.peft.spi.Injection#afterGradients} on the thread that trains. Unless something else is said, no argument
 * and no result is null, and objects that a method is given are not to be kept beyond the call.
 *
 * <p>Errors: a {@link dev.graft.peft.spi.SettingsException} is the user's to put right and ends a command with its
 * message alone. Every other exception out of a method is a bug of the method; it ends the run or the request that it
 * happened in, and nothing half-done stays behind: a training run keeps its last checkpoint, and the base cannot have
 * changed.
 */
package dev.graft.peft.spi;
