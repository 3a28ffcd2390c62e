/**
 * What a config says of a stream, and what follows from it together with the columns of the events.
 * Reads the config's section and nothing else.
 */
package dev.hindcast.streaming.plan;
