package dev.graft.transformer.model.chat;

import dev.graft.transformer.model.jinja.TemplateException;

/** A conversation that a template refuses, or a template that cannot be rendered; the message is the template's. */
public final class ChatTemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChatTemplateException(String message) {
        super(message);
    }

    ChatTemplateException(TemplateException cause) {
        super(cause.getMessage(), cause);
    }
}
