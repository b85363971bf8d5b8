-- One row: the registered name. Null keeps what is set, or takes the default.
SELECT millrace.register_view(
         :view, :mode, :debounceSeconds::double precision * interval '1 second', :maxWaitSeconds::double precision * interval '1 second',
         :minGapSeconds::double precision * interval '1 second', :maxLagSeconds::double precision * interval '1 second',
         :lockTimeoutSeconds::double precision * interval '1 second', :statementTimeoutSeconds::double precision * interval '1 second',
         :lockBudgetSeconds::double precision * interval '1 second', :viewGroup, :coverNames::text[], :enabled::boolean)
