/** How a node joins others: Hazelcast for membership, Vert.x for the bus. */
package dev.graft.runtime.vertx.cluster;
