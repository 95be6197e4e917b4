/** Experiments that are described in a file: runs that can be repeated, resumed and followed back, and what they show. */
package dev.graft.training.experiment;
