package dev.graft.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/** The texts that a class's code uses, from the constant pool of its class file (JVM specification, section 4.4). */
final class StringConstants {
    private StringConstants() {}

    static Set<String> of(JavaClass one) {
        var uri = one.getSource().orElseThrow().getUri();
        try (var in = new DataInputStream(new BufferedInputStream(uri.toURL().openStream()))) {
            if (in.readInt() != 0xCAFEBABE) {
                throw new IOException(uri + " is no class file");
            }
            in.readInt(); // the version
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> read(DataInputStream in) throws IOException {
        int count = in.readUnsignedShort();
        var texts = new String[count];
        var used = new TreeSet<Integer>();
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = in.readUTF();
                case 8 -> used.add(in.readUnsignedShort());
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++;
                }
                case 7, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                default -> throw new IOException("constant of unknown kind " + tag);
            }
        }
        var strings = new TreeSet<String>();
        used.forEach(index -> strings.add(texts[index]));
        return strings;
    }
}
