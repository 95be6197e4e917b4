/** The kernels: oneDNN on the tensors' addresses, ND4J as the portable fallback and oracle, plain Java for the rest. */
package dev.graft.autograd.kernel;
