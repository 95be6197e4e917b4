package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;

/**
 * What a product does with its result before it is stored: {@code out = mask * scale * f(a b + bias) + addend}, or added
 * to what {@code out} holds.
 *
 * @param bias one value a column, shape [columns], or null
 * @param function applied to the product and its bias, or null
 * @param scale factor behind it
 * @param mask dropout of the product, or null; the result is dense then
 * @param addend of the result's shape, extents of 1 are repeated; or null
 * @param accumulate true to add to the present content
 */
public record Epilogue(
        Tensor bias, Activation function, float scale, DropoutMask mask, Tensor addend, boolean accumulate) {
    /** Nothing but the product. */
    public static final Epilogue NONE = new Epilogue(null, 1f, null, false);

    /** Adds to what the result holds. */
    public static final Epilogue ADD = new Epilogue(null, 1f, null, true);

    /** An epilogue without dropout. */
    public Epilogue(Tensor bias, float scale, Tensor addend, boolean accumulate) {
        this(bias, null, scale, null, addend, accumulate);
    }

    /** An epilogue without activation. */
    public Epilogue(Tensor bias, float scale, DropoutMask mask, Tensor addend, boolean accumulate) {
        this(bias, null, scale, mask, addend, accumulate);
    }

    /** f(a b + bias). */
    public static Epilogue activated(Tensor bias, Activation function) {
        return new Epilogue(bias, function, 1f, null, null, false);
    }

    /** Scales the product and stores it, or adds it to what the result holds. */
    public static Epilogue scaled(float scale, boolean accumulate) {
        return new Epilogue(null, scale, null, accumulate);
    }

    /** Drops out elements of the product; null for none. */
    public static Epilogue masked(DropoutMask mask) {
        return mask == null ? NONE : new Epilogue(null, 1f, mask, null, false);
    }

    /** Stores or adds. */
    public static Epilogue of(boolean accumulate) {
        return accumulate ? ADD : NONE;
    }

    /** Factor of what the mask keeps. */
    float factor() {
        return mask == null ? scale : scale * mask.scale();
    }
}
