/**
 * What every learner is given and what it says of itself: the training data, a batch of it, the
 * figures of an update. How it learns is the business of its room.
 */
package dev.hindcast.training.learner;
