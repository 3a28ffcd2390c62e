/**
 * From a judged policy to decisions: which version is in force ({@code registry}), what it decides
 * ({@code scorer}), for whom ({@code http}), and what is kept of that ({@code log}). Nothing here
 * trains, and nothing here needs an engine.
 */
package dev.hindcast.serving;
