package dev.graft.transformer.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's compiled map of characters: a double-array trie, its size in bytes in front, and behind it the texts
 * that its leaves point at, each ended by a zero. The native library follows it without a look at where it leads, so every
 * way through it is followed here first.
 */
final class CharacterMap {
    private static final int LEAF = 1 << 8;
    private static final int LABEL = 0x8000_00FF;

    private final int[] units;
    private final byte[] texts;
    private final int[] ends;
    private int longest;

    private CharacterMap(int[] units, byte[] texts) {
        this.units = units;
        this.texts = texts;
        this.ends = new int[texts.length + 1];
        ends[texts.length] = texts.length;
        for (int i = texts.length - 1; i >= 0; i--) {
            ends[i] = texts[i] == 0 ? i : ends[i + 1];
        }
    }

    /**
     * Most bytes that a character becomes.
     *
     * @throws IllegalArgumentException that says what is wrong with the map
     */
    static int longest(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long size = bytes.length < Integer.BYTES ? -1 : buffer.getInt() & 0xffff_ffffL;
        if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > buffer.remaining()) {
            throw new IllegalArgumentException("its trie has " + size + " bytes, and the map " + bytes.length);
        }
        int[] units = new int[(int) (size / Integer.BYTES)];
        buffer.asIntBuffer().get(units);
        byte[] texts = Arrays.copyOfRange(bytes, Integer.BYTES + (int) size, bytes.length);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its texts are not UTF-8", e);
        }
        CharacterMap map = new CharacterMap(units, texts);
        map.follow();
        return map.longest;
    }

    private void follow() {
        BitSet seen = new BitSet();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(offset(units[0]));
        while (!open.isEmpty()) {
            int state = open.poll();
            if (seen.get(state)) {
                continue;
            }
            seen.set(state);
            if ((state | 0xff) >= units.length) { // the next character may be any
                throw new IllegalArgumentException("its trie leads to " + state + ", behind its end");
            }
            for (int c = 1; c <= 0xff; c++) {
                int unit = units[state ^ c];
                if ((unit & LABEL) == c) {
                    int next = state ^ c ^ offset(unit);
                    if ((unit & LEAF) != 0) {
                        leaf(next);
                    }
                    open.add(next);
                }
            }
        }
    }

    private void leaf(int place) {
        int text = place < units.length ? units[place] & Integer.MAX_VALUE : Integer.MAX_VALUE;
        if (text > texts.length || text < texts.length && (texts[text] & 0xC0) == 0x80) {
            throw new IllegalArgumentException("a leaf of its trie points at no text");
        }
        longest = Math.max(longest, ends[text] - text);
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }
}
