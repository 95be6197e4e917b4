package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** An ONNX file with its tokenizer beside it, as {@code tokenizer.json} or {@code NAME-tokenizer.json}. */
record OnnxFile(Path file, String name) implements OnnxSource {
    static OnnxFile of(Path file) {
        String name = file.getFileName().toString();
        return new OnnxFile(file, name.substring(0, name.lastIndexOf('.')));
    }

    private Path tokenizerFile() throws FileFormatException {
        for (String beside : List.of(name + "-tokenizer.json", "tokenizer.json")) {
            Path path = file.resolveSibling(beside);
            if (Files.isRegularFile(path)) {
                return path;
            }
        }
        throw new FileFormatException(
                file, "has no tokenizer beside it; allowed: tokenizer.json or " + name + "-tokenizer.json");
    }

    @Override
    public String stamp() throws IOException {
        String state = "";
        for (Path path : List.of(file, tokenizerFile())) {
            Path real = path.toRealPath();
            state += real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real) + "\n";
        }
        return Hashes.sha256(state.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }

    @Override
    public Path onnxName() {
        return file;
    }

    @Override
    public ByteBuffer onnx() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new FileFormatException(file, "has " + channel.size() + " bytes; allowed: at most 2 GB");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    @Override
    public byte[] tokenizer() throws IOException {
        return Files.readAllBytes(tokenizerFile());
    }

    @Override
    public void close() {}
}
