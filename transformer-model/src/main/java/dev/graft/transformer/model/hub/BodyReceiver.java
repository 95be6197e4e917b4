package dev.graft.transformer.model.hub;

import java.io.IOException;
import java.net.http.HttpHeaders;

/** Takes the body of an answer. */
interface BodyReceiver {
    /** Of an answer without a body. */
    BodyReceiver NONE = new BodyReceiver() {
        @Override
        public void begin(int status, HttpHeaders headers) {}

        @Override
        public void accept(byte[] piece) {}
    };

    /** The answer begins. */
    void begin(int status, HttpHeaders headers) throws IOException;

    /** The next piece of it. */
    void accept(byte[] piece) throws IOException;
}
