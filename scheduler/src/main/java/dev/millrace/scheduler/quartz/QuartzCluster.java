package dev.millrace.scheduler.quartz;

import dev.millrace.MillraceException;
import java.time.Duration;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import javax.sql.DataSource;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.DefaultThreadExecutor;
import org.quartz.impl.StdJobRunShellFactory;
import org.quartz.impl.StdScheduler;
import org.quartz.impl.jdbcjobstore.InvalidConfigurationException;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.utils.DBConnectionManager;

/**
 * One node of the Quartz cluster over the process's own pool: per background worker a job and one
 * cron trigger. It is built from its parts and not by Quartz's factory, whose registry knows one
 * scheduler per name and process. Thread-safe.
 */
public final class QuartzCluster implements AutoCloseable {
  /** The cluster's name in Quartz's tables. */
  static final String NAME = "millrace";

  static final String TABLES = "millrace.qrtz_";

  private static final String GROUP = "background_workers";
  private static final TimeZone UTC = TimeZone.getTimeZone("UTC");
  private static final int THREADS = 2;

  /** How far ahead a node reserves a trigger; also when it notices triggers that others made. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  private static final Duration CHECK_IN = Duration.ofSeconds(5);
  private static final Duration MISFIRE = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Scheduler scheduler;

  private QuartzCluster(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Makes a node that does nothing before {@link #start}. Does not wait for Postgres.
   *
   * @param instanceId unique in the cluster, for one life of a process
   */
  public static QuartzCluster create(DataSource pool, String instanceId, TickListener listener) {
    try {
      return new QuartzCluster(build(pool, instanceId, listener));
    } catch (SchedulerException | InvalidConfigurationException e) {
      throw new MillraceException("Quartz could not be set up; nothing is scheduled", e);
    }
  }

  private static Scheduler build(DataSource pool, String instanceId, TickListener listener)
      throws SchedulerException, InvalidConfigurationException {
    SimpleThreadPool threads = new SimpleThreadPool(THREADS, Thread.NORM_PRIORITY);
    threads.setThreadNamePrefix("millrace-fire");
    threads.setMakeThreadsDaemons(true);
    threads.initialize();
    JobStoreTX store = store(instanceId, connectionsOf(pool));
    StdJobRunShellFactory shells = new StdJobRunShellFactory();

    QuartzSchedulerResources resources = new QuartzSchedulerResources();
    resources.setName(NAME);
    resources.setInstanceId(instanceId);
    resources.setThreadName("millrace-quartz");
    resources.setMakeSchedulerThreadDaemon(true);
    resources.setMaxBatchSize(1);
    resources.setThreadPool(threads);
    resources.setThreadExecutor(new DefaultThreadExecutor());
    resources.setJobRunShellFactory(shells);
    resources.setJobStore(store);
    QuartzScheduler quartz = new QuartzScheduler(resources, RESERVE.toMillis(), RETRY.toMillis());
    CascadingClassLoadHelper classes = new CascadingClassLoadHelper();
    classes.initialize();
    store.initialize(classes, quartz.getSchedulerSignaler());
    Scheduler scheduler = new StdScheduler(quartz);
    shells.initialize(scheduler);
    quartz.initialize();
    scheduler.setJobFactory((bundle, ignored) -> new FireJob(listener));
    return scheduler;
  }

  private static JobStoreTX store(String instanceId, String dataSource)
      throws InvalidConfigurationException {
    JobStoreTX store = new JobStoreTX();
    store.setInstanceName(NAME);
    store.setInstanceId(instanceId);
    store.setDataSource(dataSource);
    store.setTablePrefix(TABLES);
    store.setDriverDelegateClass(PostgreSQLDelegate.class.getName());
    store.setUseProperties("true");
    store.setIsClustered(true);
    store.setAcquireTriggersWithinLock(true);
    store.setClusterCheckinInterval(CHECK_IN.toMillis());
    store.setMisfireThreshold(MISFIRE.toMillis());
    store.setDbRetryInterval(RETRY.toMillis());
    store.setThreadPoolSize(THREADS);
    store.setMakeThreadsDaemons(true);
    return store;
  }

  /** Quartz knows connections by a name that is global to the process. */
  private static String connectionsOf(DataSource pool) {
    String name = NAME + "-" + UUID.randomUUID();
    DBConnectionManager.getInstance().addConnectionProvider(name, new PoolConnections(pool));
    return name;
  }

  /** Starts to fire. While Postgres is out it keeps trying. */
  public void start() {
    try {
      scheduler.start();
    } catch (SchedulerException e) {
      throw new MillraceException("Quartz could not be started; nothing is scheduled", e);
    }
  }

  /**
   * Makes the cluster's triggers what they ought to be. A trigger that ticks as it should stays as
   * it is. Call it from one node at a time.
   *
   * @param ticks by worker name, expressions as {@link Ticks} makes them; all that there are
   */
  public void mirror(Map<String, String> ticks) {
    try {
      for (JobKey job : scheduler.getJobKeys(GroupMatcher.jobGroupEquals(GROUP))) {
        if (!ticks.containsKey(job.getName())) {
          scheduler.deleteJob(job);
        }
      }
      for (Map.Entry<String, String> entry : ticks.entrySet()) {
        mirror(entry.getKey(), entry.getValue());
      }
    } catch (SchedulerException e) {
      throw new MillraceException("Quartz's store could not be brought up to date", e);
    }
  }

  private void mirror(String workerName, String ticks) throws SchedulerException {
    TriggerKey key = TriggerKey.triggerKey(workerName, GROUP);
    if (scheduler.getTrigger(key) instanceof CronTrigger present
        && present.getCronExpression().equals(ticks)) {
      return;
    }
    JobDetail job =
        JobBuilder.newJob(FireJob.class)
            .withIdentity(workerName, GROUP)
            .storeDurably()
            .requestRecovery()
            .build();
    scheduler.addJob(job, true);
    scheduler.unscheduleJob(key);
    scheduler.scheduleJob(
        TriggerBuilder.newTrigger()
            .withIdentity(key)
            .forJob(job)
            .withSchedule(
                CronScheduleBuilder.cronSchedule(ticks)
                    .inTimeZone(UTC)
                    .withMisfireHandlingInstructionDoNothing())
            .build());
  }

  /** Stops firing and waits for the fires that are under way. */
  @Override
  public void close() {
    try {
      scheduler.shutdown(true);
    } catch (SchedulerException e) {
      throw new MillraceException("Quartz did not stop in good order", e);
    }
  }
}
