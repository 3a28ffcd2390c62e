/**
 * The learners, one file per algorithm, and the list of them. How long they train and where their
 * networks compute is decided elsewhere.
 */
package dev.hindcast.offlinerl.algorithm;
