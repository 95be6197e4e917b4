/** What a run is told, from texts and folders: method, data, settings; and what its record says of it. */
package dev.graft.training.plan;
