package dev.graft.transformer.model.mutation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Damages files as accidents and attackers do; the same seed damages the same way. */
final class Mutator {
    private static final List<String> NUMBERS = List.of(
            "-1",
            "0",
            "1",
            "3",
            "1.5",
            "1e999",
            "2147483647",
            "2147483648",
            "4294967296",
            "9223372036854775807",
            "18446744073709551615",
            "99999999999999999999999",
            "null",
            "true",
            "\"x\"",
            "[]",
            "{}");

    private final Random random;

    Mutator(long seed) {
        random = new Random(seed);
    }

    /** A copy with one to four damages. */
    byte[] damage(byte[] good) {
        byte[] bytes = good.clone();
        for (int times = 1 + random.nextInt(4); times > 0 && bytes.length > 0; times--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        int at = place(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 400 : 12));
        switch (random.nextInt(9)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> bytes[at] = (byte) new int[] {0, 1, 0x7f, 0x80, 0xff, '"', '{', '}', ','}[random.nextInt(9)];
            case 3 -> {
                for (int i = at; i < at + length; i++) {
                    bytes[i] = (byte) (random.nextBoolean() ? 0xff : random.nextInt(256));
                }
            }
            case 4 -> {
                return splice(bytes, 0, at, new byte[0], bytes.length); // cut off
            }
            case 5 -> {
                return splice(bytes, 0, at, new byte[0], at + length); // left out
            }
            case 6 -> {
                byte[] piece = new byte[length];
                System.arraycopy(bytes, at, piece, 0, length);
                return splice(bytes, 0, at, piece, at); // twice
            }
            default -> {
                return number(bytes, at);
            }
        }
        return bytes;
    }

    /** The beginning matters more often than the data behind it. */
    private int place(int length) {
        return random.nextInt(random.nextBoolean() ? length : Math.min(length, 600));
    }

    /** Exchanges the next number in the text. */
    private byte[] number(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && !Character.isDigit(bytes[at])) {
            at++;
        }
        int end = at;
        while (end < bytes.length && Character.isDigit(bytes[end])) {
            end++;
        }
        byte[] other = NUMBERS.get(random.nextInt(NUMBERS.size())).getBytes(StandardCharsets.US_ASCII);
        return splice(bytes, 0, at, other, end);
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] middle, int rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, from, to - from);
        out.writeBytes(middle);
        out.write(bytes, rest, bytes.length - rest);
        return out.toByteArray();
    }
}
