/**
 * Why an ensemble gives what it gives, in the words of the log: for one decision, and for a policy
 * or a value over many.
 */
package dev.hindcast.gbrl.explanation;
