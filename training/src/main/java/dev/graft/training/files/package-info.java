/** Writing files so that they are complete or not there. */
package dev.graft.training.files;
