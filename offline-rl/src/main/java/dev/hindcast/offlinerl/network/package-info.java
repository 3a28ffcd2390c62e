/** The seam between learners and tensor libraries. */
package dev.hindcast.offlinerl.network;
