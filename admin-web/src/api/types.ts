/**
 * The shapes of the admin API that the page reads, by the page's names for them. They are those of openapi.yaml, from which the build writes
 * target/described.ts: what that file does not have does not compile here.
 */
import type { components } from '../../target/described';

type Schemas = components['schemas'];

export type JobState = Schemas['JobState'];
export type Freshness = Schemas['Freshness'];
export type Progress = Schemas['Progress'];
export type BackgroundWorker = Schemas['Worker'];
export type WorkerRun = Schemas['WorkerRun'];
export type NextRuns = Schemas['NextRuns'];
export type RunningJob = Schemas['RunningJob'];
export type QueueWorker = Schemas['QueueWorker'];
export type ViewSummary = Schemas['ViewSummary'];
export type Supplier = Schemas['Supplier'];
export type LogEntry = Schemas['LogEntry'];
export type LogPage = Schemas['ParsingLogList'];
export type Sync = Schemas['Sync'];
export type SyncList = Schemas['SyncList'];
export type SyncDetail = Schemas['SyncDetail'];
export type Ingestion = Schemas['StatusIngestion'];
export type Scheduler = Schemas['Scheduler'];
/** The page asks for all sections. */
export type Status = Required<Schemas['Status']>;
export type View = Schemas['View'];
export type ViewList = Schemas['ViewList'];
export type Refresh = Schemas['ViewRefresh'];
export type ViewDetail = Schemas['ViewDetail'];
export type Blocking = Schemas['Blocking'];
export type Job = Schemas['Job'];
export type JobList = Schemas['JobList'];
export type BulkCount = Schemas['BulkCount'];
export type SkippedJob = Schemas['SkippedJob'];
export type JobDetail = Schemas['JobDetail'];
export type StatsGroup = Schemas['StatsGroup'];
export type Flag = Schemas['Flag'];
export type Pause = Schemas['Pause'];
export type Invalidation = Schemas['CacheInvalidation'];
export type InvalidationList = Schemas['CacheInvalidationList'];
export type Profile = Schemas['Profile'];
export type Role = Schemas['Role'];
export type Permission = Schemas['Permission'];
export type Me = Schemas['Me'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuditPage = Schemas['AuditPage'];
export type User = Schemas['User'];
export type ApiKey = Schemas['ApiKey'];
export type Session = Schemas['Session'];
export type Reasons = Schemas['Why'];
export type Throughput = Schemas['Throughput'];
export type Quantiles = Schemas['Quantiles'];
export type Mark = Schemas['Mark'];

export const JOB_STATES: readonly JobState[] = ['scheduled', 'queued', 'processing', 'waiting', 'completed', 'failed', 'cancelled'];
