package demo.disease;

import java.util.function.Function;

/** The diseases, by the names of their options. */
public enum DiseaseKind {
  COMPETITOR("competitor", "a busy process on the strategy's CPU", Competitor::new),
  COLD_JOURNAL("cold-journal", "journal pages that must be read from disk", ColdJournal::new),
  LOCK_HANDOFF("lock-handoff", "a second thread that holds the risk lock", LockHandoff::new),
  SLEEPS("sleeps", "Thread.sleep(1) on the strategy thread", Sleeps::new),
  MUNMAP_STORM("munmap-storm", "a thread that maps and unmaps memory", MunmapStorm::new),
  PACKET_LOSS("packet-loss", "a receiver too slow for a tiny socket buffer", PacketLoss::new),
  GC("gc", "System.gc() again and again", patient -> new GarbageCollections());

  private final String option;
  private final String summary;
  private final Function<Patient, Disease> factory;

  DiseaseKind(String option, String summary, Function<Patient, Disease> factory) {
    this.option = option;
    this.summary = summary;
    this.factory = factory;
  }

  /** The name, as on the command line but without dashes. */
  public String option() {
    return option;
  }

  /** What it is, in a few words. */
  public String summary() {
    return summary;
  }

  /** The disease, dormant, for this patient. */
  public Disease infect(Patient patient) {
    return factory.apply(patient);
  }
}
