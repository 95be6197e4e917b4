/** What methods can do, found out by trying: nothing here asks which method it is. */
package dev.graft.training.probe;
