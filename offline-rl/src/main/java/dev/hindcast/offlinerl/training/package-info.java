/**
 * Running a learner from its first update to its last: batches, progress, metrics, checkpoints.
 * What an update does is the learner's business.
 */
package dev.hindcast.offlinerl.training;
