/** What a comparison of methods found, and how it is shown: a table, Markdown, CSV, JSON, a page with plots. */
package dev.graft.training.compare;
