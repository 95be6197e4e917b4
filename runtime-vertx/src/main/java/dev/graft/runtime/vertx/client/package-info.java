/** The services as typed methods, for applications. */
package dev.graft.runtime.vertx.client;
