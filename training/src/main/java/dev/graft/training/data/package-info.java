/** Data sets: strict reading, the embedded task, and the order in which rows are trained on. */
package dev.graft.training.data;
