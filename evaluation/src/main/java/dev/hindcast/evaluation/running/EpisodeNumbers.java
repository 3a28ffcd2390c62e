package dev.hindcast.evaluation.running;

/**
 * What all policies' estimates need of one episode.
 *
 * @param plan the plan whose numbers these are
 * @param episodeId what the episode is called
 * @param isOutside whether its return lay outside of the range that returns are said to have
 * @param numbers (width of the plan)
 */
@SuppressWarnings("ArrayRecordComponent") // on its way from one task to the next; never compared
public record EpisodeNumbers(long plan, String episodeId, boolean isOutside, double[] numbers) {}
