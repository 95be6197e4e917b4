/** The contract of the services: addresses, requests and answers, and how they are written as bytes. */
package dev.graft.runtime.vertx.message;
