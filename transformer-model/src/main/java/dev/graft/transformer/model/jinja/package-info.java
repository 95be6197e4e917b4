/** Templates in the language Jinja2, rendered by Jinjava as Hugging Face's transformers renders them. */
package dev.graft.transformer.model.jinja;
