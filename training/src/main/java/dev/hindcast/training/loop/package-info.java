/**
 * Running a learner from its first update to its last: progress, metrics, checkpoints, alarms. What
 * an update does is the learner's business.
 */
package dev.hindcast.training.loop;
