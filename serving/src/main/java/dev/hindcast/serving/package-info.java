/**
 * From a judged policy to decisions: which version is in force ({@code registry}). Nothing here
 * trains, and nothing here needs an engine.
 */
package dev.hindcast.serving;
