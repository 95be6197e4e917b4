package dev.graft.transformer.model.overlay;

import dev.graft.autograd.AttentionBias;
import dev.graft.autograd.AttentionPrefix;
import dev.graft.autograd.DistanceBias.Block;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.DistanceTable;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The biases of a pass's attention: made once for all layers that see the same, which is usually all of a stack. */
final class DistanceBiases {
    private final Tape tape;
    private final Function<FrozenWeight, Var> weights;
    private final Map<DistanceTable, List<Block>> known = new LinkedHashMap<>();
    private final Map<DistanceTable, AttentionBias> biases = new LinkedHashMap<>();

    DistanceBiases(Tape tape, Function<FrozenWeight, Var> weights) {
        this.tape = tape;
        this.weights = weights;
    }

    /**
     * The scores of sequences over themselves. Rows in front of keys stand at the positions before the text's, as far as
     * it was moved to make room for them.
     */
    static List<Block> blocks(Rows rows, AttentionPrefix prefix) {
        List<Block> blocks = new ArrayList<>();
        Sequences keys = rows.sequences();
        for (int i = 0; i < keys.count(); i++) {
            int length = keys.length(i);
            int front = prefix == null ? 0 : prefix.rows().length(i);
            int blank = length == 0 ? 0 : Math.max(0, front - rows.positions()[keys.start(i)]);
            blocks.add(new Block(length, front - blank + length, blank));
        }
        return blocks;
    }

    /** The scores of a token of each sequence over what a cache keeps of it. */
    static List<Block> blocks(Sequences keys, Rows tokens) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < keys.count(); i++) {
            int position = tokens.positions()[tokens.sequences().start(i)];
            int blank = Math.max(0, keys.length(i) - position - 1);
            blocks.add(new Block(1, keys.length(i) - blank, blank));
        }
        return blocks;
    }

    /** The bias of some sequences; equal ones share a block. */
    AttentionBias of(DistanceTable distances, List<Block> sequences) {
        if (!sequences.equals(known.get(distances))) {
            known.put(distances, sequences);
            biases.put(distances, tape.lasting(() -> make(distances, sequences)));
        }
        return biases.get(distances);
    }

    private AttentionBias make(DistanceTable distances, List<Block> sequences) {
        int heads = (int) distances.table().shape()[1];
        Map<Block, Integer> places = new LinkedHashMap<>();
        int[] starts = new int[sequences.size()];
        int size = 0;
        int longest = 0;
        for (int i = 0; i < starts.length; i++) {
            Block block = sequences.get(i);
            Integer place = places.putIfAbsent(block, size);
            starts[i] = place == null ? size : place;
            if (place == null) {
                size = Math.addExact(size, heads * block.queries() * block.seen());
            }
            longest = Math.max(longest, block.keys());
        }
        Var table = weights.apply(distances.table());
        Var values = distances.bias(longest).apply(table, new ArrayList<>(places.keySet()));
        return new AttentionBias(values, starts);
    }
}
