package dev.millrace.api.workers;

import dev.millrace.db.Sql;
import dev.millrace.schedule.ScheduleProfile;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Reads {@code millrace.schedule_profiles}. Thread-safe. */
public final class ScheduleProfiles {
  private static final String ALL = Sql.of(ScheduleProfiles.class, "all");

  private final Jdbi jdbi;

  public ScheduleProfiles(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** All of them, by name. */
  public List<ScheduleProfile> all() {
    return jdbi.withHandle(
        handle -> handle.createQuery(ALL).map(ConstructorMapper.of(ScheduleProfile.class)).list());
  }
}
