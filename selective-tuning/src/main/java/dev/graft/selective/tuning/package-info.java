/** Methods that train a small selection of what a base has, one file each. */
package dev.graft.selective.tuning;
