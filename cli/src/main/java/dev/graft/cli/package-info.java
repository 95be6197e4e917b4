/** The graft command line. */
package dev.graft.cli;
