package dev.graft.autograd.memory;

/**
 * The form of quantised values: whole numbers times a scale, plus an offset where there are such, both shared by a group
 * of neighbours in a row.
 *
 * @param size values of a group; rows are whole groups
 * @param bits of a number, 4 or 8
 * @param signed true if numbers are from -8 (or -128) on; false for 0 to 15
 * @param shifted true if groups have offsets
 */
public record ValueGroups(int size, int bits, boolean signed, boolean shifted) {
    /** Checks what products can read. */
    public ValueGroups {
        if (size < 1 || bits != 4 && bits != 8 || bits == 8 && !signed) {
            throw new IllegalArgumentException("groups of " + size + " numbers of " + bits
                    + " bits; allowed: 4 bits, or 8 with a sign, in groups of at least one");
        }
    }
}
