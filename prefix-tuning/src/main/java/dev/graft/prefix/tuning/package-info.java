/** Methods that put trained rows in front of a text, one file each. */
package dev.graft.prefix.tuning;
