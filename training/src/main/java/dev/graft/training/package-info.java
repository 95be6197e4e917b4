/** Training runs: data, optimizers, schedules, evaluation. */
package dev.graft.training;
