package dev.millrace.job.read;

import dev.millrace.job.JobState;
import java.util.Optional;

/** Which jobs a list holds; an empty field does not narrow it. */
public record JobFilter(Optional<JobState> state, Optional<String> kind, Optional<String> queue) {}
