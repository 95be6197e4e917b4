/** What is measured on predictions. */
package dev.graft.training.metric;
