/** Differentiable operations on tensors, recorded on a tape. */
package dev.graft.autograd;
