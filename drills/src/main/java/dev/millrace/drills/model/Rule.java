package dev.millrace.drills.model;

/** A guard of the protocol that the model can do without. */
enum Rule {
  /** A claim takes queued jobs only. */
  CLAIM_STATE,
  /** One job per lock key is processing. */
  LOCK_KEY,
  /** An effect commits under the newest fence only. */
  EFFECT_FENCE,
  /** An outcome is recorded under the newest fence only. */
  RECORD_FENCE,
  /** The jobs of a life without a lease are taken back. */
  RESCUE,
  /** A job fails when its worker was lost at the last attempt. */
  POISON_CAP,
  /** Hints that vanished come back. */
  RESYNC,
  /** A claim whose answer was lost is given back by its worker. */
  UNACKNOWLEDGED_CLAIM
}
