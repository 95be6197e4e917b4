/** The engine behind the tape, open to the framework and closed to PEFT methods. */
package dev.graft.autograd.engine;
