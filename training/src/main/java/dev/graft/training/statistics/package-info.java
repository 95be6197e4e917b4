/** What differences between figures are worth: intervals over seeds, paired tests, correction for many comparisons. */
package dev.graft.training.statistics;
