package dev.graft.autograd.kernel;

/** Elementwise non-linear functions. */
public enum Activation {
    /** x Phi(x), by the error function: the field's "gelu". */
    GELU,
    /** GELU by the tanh approximation: "gelu_new", "gelu_pytorch_tanh". */
    GELU_TANH,
    /** max(0, x). */
    RELU,
    /** x sigmoid(x), also named swish. */
    SILU,
    /** Hyperbolic tangent. */
    TANH,
    /** 1 / (1 + exp(-x)). */
    SIGMOID
}
