package dev.graft.training.probe;

import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Slot;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a method with its default settings turned out to be able to do.
 *
 * @param slots where it acts, in any of the families
 * @param sides of an encoder-decoder model on which it acts
 * @param merge by family: empty if it can be merged, else the slot where that was refused
 * @param mixes true if rows with it stand in one batch with rows of all other methods
 * @param combines how adapters of it can be combined; empty for none
 * @param decodes true if cached decoding equals the full pass
 * @param apart methods that it cannot be put together with
 */
record Abilities(
        Set<Slot> slots,
        Set<Side> sides,
        Map<String, String> merge,
        boolean mixes,
        List<String> combines,
        boolean decodes,
        List<String> apart) {}
