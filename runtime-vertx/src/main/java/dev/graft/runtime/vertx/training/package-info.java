/**
 * Training over the event bus: workers compute micro-batches, one leader adds them in their order and keeps the runs in a
 * folder that every possible leader sees. See docs/cluster.md.
 */
package dev.graft.runtime.vertx.training;
