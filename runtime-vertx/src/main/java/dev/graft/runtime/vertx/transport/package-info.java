/**
 * Calls over the event bus that survive loss, doubling, delay and reordering of messages: chunks with numbers,
 * checksums and credit, sent again until they are acknowledged, and received once.
 */
package dev.graft.runtime.vertx.transport;
