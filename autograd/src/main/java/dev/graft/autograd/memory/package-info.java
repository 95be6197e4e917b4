/** Native memory: storages that own it, an arena that lends it, tensors that describe it. For the framework only. */
package dev.graft.autograd.memory;
