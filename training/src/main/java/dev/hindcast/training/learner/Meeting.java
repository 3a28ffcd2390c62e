package dev.hindcast.training.learner;

/** How the members of a {@link Gathering} find each other. */
public interface Meeting {
  /** Where they meet; open until all have met and learned. */
  interface Place extends AutoCloseable {
    /** What members need to know to get there, as one line. */
    String address();

    @Override
    void close();
  }

  /**
   * Opens a place on this machine.
   *
   * @param members how many will come
   * @param host this machine's address, as the others reach it
   */
  Place open(int members, String host);

  /**
   * Goes there with this thread, and waits until all have come.
   *
   * @param member which one this is, from 0
   */
  Gathering join(String address, int members, int member);
}
