/** The HTTP door: OpenAI's interface to a served model, and its administration on a port of its own. */
package dev.graft.runtime.vertx.http;
