package dev.graft.runtime.vertx.transport;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** How frames cross the bus; a node registers it once. A damaged one becomes null and is dropped by who receives it. */
final class FrameCodec implements MessageCodec<Frame, Frame> {
    @Override
    public void encodeToWire(Buffer buffer, Frame frame) {
        frame.writeTo(buffer);
    }

    @Override
    public Frame decodeFromWire(int at, Buffer buffer) {
        return Frame.read(at, buffer);
    }

    /** Frames are not changed, so that a local one need not be copied. */
    @Override
    public Frame transform(Frame frame) {
        return frame;
    }

    @Override
    public String name() {
        return "graft.frame.1";
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
