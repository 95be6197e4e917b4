package dev.graft.peft.spi;

/**
 * A product of two narrow matrices that a hook adds to the output of a linear site: y + scale (x Aᵀ) Bᵀ. A hook may have
 * several with a sum, such as one that is taken away.
 *
 * @param a A, [rank, in]
 * @param b B, [out, rank]
 * @param scale factor on the product
 */
public record LowRankTerm(Parameter a, Parameter b, double scale) {}
