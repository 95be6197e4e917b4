/** Tables and plots of reports. */
package dev.graft.training.report;
