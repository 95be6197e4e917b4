/** The laws that every PEFT method keeps: a plugin's test inherits them all from one class. */
package dev.graft.peft.testkit;
