package dev.graft.transformer.model.jinja;

/** A template that refuses its values, or cannot be rendered. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateException(String message) {
        super(message);
    }
}
