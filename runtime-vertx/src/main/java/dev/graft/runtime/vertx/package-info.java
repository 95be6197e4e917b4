/** Graft's services as bindings for applications. */
package dev.graft.runtime.vertx;
