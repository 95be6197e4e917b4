package dev.graft.transformer.model.architecture;

/**
 * How a norm normalises.
 *
 * @param centred true for layer norm, which takes the mean away and has a shift (Ba et al. 2016, equation 4); false for
 *     root mean square norm, which has neither (Zhang and Sennrich 2019, equation 4)
 * @param offset added to the scale as the checkpoint has it: 1 in Gemma, else 0
 */
public record NormKind(boolean centred, double offset) {
    /** Layer norm. */
    public static final NormKind LAYER = new NormKind(true, 0);

    /** Root mean square norm. */
    public static final NormKind RMS = new NormKind(false, 0);
}
