package dev.graft.transformer.model.overlay;

import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.ArrayList;
import java.util.List;

/** What the stacks of a model read: the encoder and the decoder their own rows, a single stack all there is. */
public final class Streams {
    private final Rows encoder;
    private final Rows decoder;

    private Streams(Rows encoder, Rows decoder) {
        this.encoder = encoder;
        this.decoder = decoder;
    }

    /** Whole sequences, from position 0 on. */
    public static Streams of(List<TokenRow> sequences) {
        int[] zeros = new int[sequences.size()];
        Rows first = new Rows(
                sequences.stream().map(TokenRow::tokens).toList(),
                sequences.stream().map(TokenRow::types).toList(),
                zeros);
        boolean two = sequences.stream().anyMatch(row -> row.decoder() != null);
        return new Streams(
                first, two ? new Rows(sequences.stream().map(TokenRow::decoder).toList(), null, zeros) : first);
    }

    /** The next token of each sequence, at its position. */
    public static Streams next(int[] tokens, int[] positions) {
        List<int[]> single = new ArrayList<>();
        for (int token : tokens) {
            single.add(new int[] {token});
        }
        Rows rows = new Rows(single, null, positions);
        return new Streams(rows, rows);
    }

    Rows of(Side side) {
        return side == Side.ENCODER ? encoder : decoder;
    }

    /** What enters a site: keys and values of the attention over an encoder are made of the encoder's rows. */
    Rows at(Site site) {
        boolean over = site.side() == Side.CROSS && (site.slot() == Slot.KEY || site.slot() == Slot.VALUE);
        return over ? encoder : of(site.side());
    }

    Rows queries(Site cache) {
        return of(cache.side());
    }

    Rows keys(Site cache) {
        return cache.side() == Side.CROSS ? encoder : of(cache.side());
    }

    Rows last() {
        return decoder;
    }
}
