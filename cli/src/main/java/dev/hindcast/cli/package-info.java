/** The command line: one class for each verb, and the wiring of the rooms. */
package dev.hindcast.cli;
