package dev.graft.transformer.model.mutation;

import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.transformer.model.ModelConfig;
import dev.graft.transformer.model.TextTokenizer;
import dev.graft.transformer.model.gguf.GgufFolder;
import dev.graft.transformer.model.gguf.GgufWeights;
import dev.graft.transformer.model.onnx.OnnxBert;
import dev.graft.transformer.model.onnx.TinyOnnx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The readers of files that come from elsewhere, each with good files to damage. */
enum FuzzedReader {
    SAFETENSORS("model.safetensors") {
        @Override
        void read(Path file) throws IOException {
            try (SafetensorsFile opened = SafetensorsFile.open(file)) {
                for (String name : opened.names()) {
                    if (opened.entry(name).dtype().isFloat()) {
                        opened.floats(name);
                    } else {
                        opened.bytes(name);
                    }
                }
            }
        }
    },
    GGUF(".gguf") {
        @Override
        void read(Path file) throws IOException {
            try (GgufWeights opened = GgufWeights.open(file)) {
                for (String name : opened.names()) {
                    opened.entry(name).encoding().decode(opened.bytes(name), 0, new float[32], 0, 32);
                }
            }
            Path folder = GgufFolder.of(file);
            try {
                ModelConfig.read(folder);
                use(folder);
            } finally {
                try (Stream<Path> made = Files.list(folder)) {
                    for (Path each : made.toList()) {
                        Files.delete(each);
                    }
                }
                Files.delete(folder);
            }
        }
    },
    ONNX(".onnx") {
        @Override
        void read(Path file) throws IOException {
            OnnxBert.read(file, ByteBuffer.wrap(Files.readAllBytes(file)));
        }

        @Override
        List<byte[]> corpus() throws IOException {
            List<byte[]> all = super.corpus();
            all.add(TinyOnnx.bert().file());
            return all;
        }
    },
    TOKENIZER("tokenizer.json") {
        @Override
        void read(Path file) throws IOException {
            use(file.getParent());
        }
    },
    CONFIG("config.json") {
        @Override
        void read(Path file) throws IOException {
            ModelConfig.read(file.getParent());
        }
    };

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final List<String> TEXTS = List.of(
            "", "a lake by the sea", "\u00e4 \u4e2d\ud83d\ude00 \u0000 \u0300x", "1234567890 ".repeat(20), "\n\t  ");

    private final String ending;

    FuzzedReader(String ending) {
        this.ending = ending;
    }

    /** Reads a file, and uses what it gives as a model's user would. */
    abstract void read(Path file) throws IOException;

    /** What a file has to be called. */
    String fileName() {
        return ending.startsWith(".") ? "fuzz" + ending : ending;
    }

    boolean isJson() {
        return ending.endsWith(".json");
    }

    /** True for a file that is a whole of its kind: the readers' tests have parts too. */
    boolean isWhole(Path file) {
        String name = file.getFileName().toString();
        return (ending.startsWith(".") ? name.endsWith(ending) : name.equals(ending)) && !name.equals("quants.gguf");
    }

    /** Small good files, each once, and what was once read wrongly. */
    List<byte[]> corpus() throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (Path folder : List.of(RESOURCES.resolve("parity"), found())) {
            try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.of()) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    boolean wanted = folder.equals(found()) || isWhole(file);
                    byte[] content = wanted && Files.size(file) < 100_000 ? Files.readAllBytes(file) : new byte[0];
                    if (content.length > 0 && all.stream().noneMatch(other -> Arrays.equals(other, content))) {
                        all.add(content);
                    }
                }
            }
        }
        return all;
    }

    /** Files that were once read wrongly. */
    Path found() {
        return RESOURCES.resolve("fuzz").resolve(name().toLowerCase(Locale.ROOT));
    }

    private static void use(Path folder) throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.read(folder, 1 << 20)) {
            for (String text : TEXTS) {
                tokenizer.decode(tokenizer.encode(text, null, 512).ids());
                tokenizer.encode(text, "b", 64);
                tokenizer.encodePlaced(text);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
