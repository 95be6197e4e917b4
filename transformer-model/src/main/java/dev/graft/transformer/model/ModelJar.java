package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A jar with a model as ONNX and its tokenizer. */
final class ModelJar implements OnnxSource {
    private static final long MOST = 1L << 30;

    private final Path path;
    private final String name;
    private final ZipFile zip;
    private final ZipEntry onnx;
    private final ZipEntry tokenizer;

    private ModelJar(Path path, ZipFile zip, String name) throws FileFormatException {
        this.path = path;
        this.zip = zip;
        this.name = name;
        this.onnx = entry(name + ".onnx");
        this.tokenizer = entry(name + "-tokenizer.json");
    }

    /** Opens a jar with one model of any name. */
    static ModelJar open(Path path) throws IOException {
        return open(path, null);
    }

    /**
     * Opens a jar.
     *
     * @param name of its model, or null for the only one
     */
    static ModelJar open(Path path, String name) throws IOException {
        try {
            ZipFile zip = new ZipFile(path.toFile());
            try {
                return new ModelJar(path, zip, name == null ? only(path, zip) : name);
            } catch (FileFormatException e) {
                zip.close();
                throw e;
            }
        } catch (ZipException e) {
            throw new FileFormatException(path, "is no jar: " + e.getMessage(), e);
        }
    }

    private static String only(Path path, ZipFile zip) throws FileFormatException {
        List<String> found = zip.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.matches("[A-Za-z0-9_.-]+\\.onnx"))
                .toList();
        if (found.size() != 1) {
            throw new FileFormatException(path, "holds " + found.size() + " ONNX files; allowed: one");
        }
        return found.get(0).replaceFirst("\\.onnx$", "");
    }

    private ZipEntry entry(String name) throws FileFormatException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new FileFormatException(path, "holds no " + name);
        }
        if (entry.getSize() < 0 || entry.getSize() > MOST) {
            throw new FileFormatException(path, name + " has " + entry.getSize() + " bytes; allowed: at most " + MOST);
        }
        return entry;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String stamp() {
        return "%08x%08x".formatted(onnx.getCrc(), tokenizer.getCrc());
    }

    @Override
    public Path onnxName() {
        return path.resolve(onnx.getName());
    }

    @Override
    public ByteBuffer onnx() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) onnx.getSize());
        try (InputStream in = zip.getInputStream(onnx);
                ReadableByteChannel channel = Channels.newChannel(in)) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // goes on until it is full
            }
            if (bytes.hasRemaining() || in.read() >= 0) {
                throw new FileFormatException(onnxName(), "has not the size that the jar says");
            }
        } catch (ZipException e) {
            throw new FileFormatException(onnxName(), "is damaged: " + e.getMessage(), e);
        }
        return bytes.flip();
    }

    @Override
    public byte[] tokenizer() throws IOException {
        try (InputStream in = zip.getInputStream(tokenizer)) {
            return in.readAllBytes();
        } catch (ZipException e) {
            throw new FileFormatException(path, tokenizer.getName() + " is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
