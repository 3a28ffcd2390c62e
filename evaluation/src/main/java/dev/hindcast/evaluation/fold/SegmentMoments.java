package dev.hindcast.evaluation.fold;

/**
 * A candidate in one segment.
 *
 * @param episodes how many
 * @param effectiveSampleSize of their weights; not a number where all are 0
 * @param meanWeight of them, 1 in expectation
 * @param meanWeightError its standard error
 * @param shift how far its value there lies from that of the whole
 * @param error the standard error of that value; not a number for a single episode
 * @param difference how far its difference to the incumbent lies from that of the whole
 * @param differenceError the standard error of that difference
 */
public record SegmentMoments(
    long episodes,
    double effectiveSampleSize,
    double meanWeight,
    double meanWeightError,
    double shift,
    double error,
    double difference,
    double differenceError) {}
