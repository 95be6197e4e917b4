package dev.graft.transformer.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A model as ONNX and its tokenizer. */
interface OnnxSource extends AutoCloseable {
    /** Part of a folder's name. */
    String name();

    /** Differs between sources that hold different content. */
    String stamp() throws IOException;

    /** The ONNX file, for messages. */
    Path onnxName();

    /** The ONNX file's content, outside the heap. */
    ByteBuffer onnx() throws IOException;

    /** The content of its tokenizer.json. */
    byte[] tokenizer() throws IOException;

    @Override
    void close() throws IOException;
}
