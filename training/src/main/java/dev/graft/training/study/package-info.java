/** Studies: what an experiment counts, measures or finds in its adapters, beside their figures on rows. */
package dev.graft.training.study;
