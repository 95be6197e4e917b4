/** The contract between the framework and a PEFT method. */
package dev.graft.peft.spi;
