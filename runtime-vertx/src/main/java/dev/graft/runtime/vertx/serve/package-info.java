/** Serving: adapters in memory, requests in fair queues, and the batches that they share. */
package dev.graft.runtime.vertx.serve;
