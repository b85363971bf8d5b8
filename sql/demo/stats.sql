-- The demo's Thursday football: players, seasons, matches, and the ten functions that sum them up. Can be run again and again.

CREATE TABLE IF NOT EXISTS public.players (
  id        integer PRIMARY KEY,
  name      text    NOT NULL UNIQUE,
  joined_on date    NOT NULL
);

CREATE TABLE IF NOT EXISTS public.seasons (
  id        integer PRIMARY KEY,
  starts_on date    NOT NULL,
  half_on   date    NOT NULL,
  ends_on   date    NOT NULL,
  CHECK (starts_on < half_on AND half_on < ends_on)
);

CREATE TABLE IF NOT EXISTS public.matches (
  id           integer PRIMARY KEY,
  season_id    integer NOT NULL REFERENCES public.seasons (id),
  played_on    date    NOT NULL UNIQUE,
  team_a_score integer NOT NULL DEFAULT 0 CHECK (team_a_score >= 0),
  team_b_score integer NOT NULL DEFAULT 0 CHECK (team_b_score >= 0)
);

CREATE TABLE IF NOT EXISTS public.player_matches (
  match_id  integer NOT NULL REFERENCES public.matches (id),
  player_id integer NOT NULL REFERENCES public.players (id),
  team      text    NOT NULL CHECK (team IN ('A', 'B')),
  goals     integer NOT NULL CHECK (goals >= 0),
  PRIMARY KEY (match_id, player_id)
);
CREATE INDEX IF NOT EXISTS ix_player_matches_player ON public.player_matches (player_id);

INSERT INTO public.players (id, name, joined_on)
SELECT n, (ARRAY['Ada', 'Ben', 'Cleo', 'Dov', 'Esi', 'Finn', 'Gus', 'Hana', 'Ivo', 'Juno', 'Kit', 'Lou'])[1 + n % 12] || ' '
            || (ARRAY['Marsh', 'Okoro', 'Pike', 'Quist', 'Reyes'])[1 + n / 12], date '2019-12-01' + n * 20
  FROM generate_series(0, 59) AS series (n)
    ON CONFLICT DO NOTHING;

INSERT INTO public.seasons (id, starts_on, half_on, ends_on)
SELECT y, make_date(y, 1, 1), make_date(y, 7, 1), make_date(y, 12, 31)
  FROM generate_series(2020, 2025) AS series (y)
    ON CONFLICT DO NOTHING;

-- A match each Thursday of six years, nine against nine.
INSERT INTO public.matches (id, season_id, played_on)
SELECT row_number() OVER (ORDER BY day), extract(year FROM day)::integer, day::date
  FROM generate_series(timestamp '2020-01-02', timestamp '2025-12-31', interval '7 days') AS series (day)
    ON CONFLICT DO NOTHING;

INSERT INTO public.player_matches (match_id, player_id, team, goals)
SELECT match_id, player_id, CASE WHEN place % 2 = 0 THEN 'A' ELSE 'B' END,
       CASE WHEN luck < 620 - player_id * 4 THEN 0 WHEN luck < 850 THEN 1 WHEN luck < 950 THEN 2 WHEN luck < 990 THEN 3 ELSE 5 END
  FROM (SELECT m.id AS match_id, p.id AS player_id, ((m.id * 7919 + p.id * 104729) % 9973 * 31 + p.id * 17) % 1000 AS luck,
               row_number() OVER (PARTITION BY m.id ORDER BY (m.id * 15485863::bigint + p.id * 32452843::bigint) % 1000003)
                 AS place
          FROM public.matches m JOIN public.players p ON p.joined_on < m.played_on) drawn
 WHERE place <= 18 AND NOT EXISTS (SELECT FROM public.player_matches);

UPDATE public.matches m
   SET team_a_score = s.a, team_b_score = s.b
  FROM (SELECT match_id, coalesce(sum(goals) FILTER (WHERE team = 'A'), 0) AS a,
               coalesce(sum(goals) FILTER (WHERE team = 'B'), 0) AS b
          FROM public.player_matches GROUP BY match_id) s
 WHERE s.match_id = m.id AND (m.team_a_score, m.team_b_score) IS DISTINCT FROM (s.a::integer, s.b::integer);

ANALYZE public.matches, public.player_matches;

-- What a match was to each who played it. Won by four or more is heavy.
CREATE OR REPLACE VIEW public.player_results AS
SELECT pm.player_id, m.id AS match_id, m.season_id, m.played_on, 1 + (m.played_on >= s.half_on)::integer AS half,
       pm.team, pm.goals,
       CASE WHEN f.scored > f.let_in THEN 'W' WHEN f.scored = f.let_in THEN 'D' ELSE 'L' END AS result,
       f.scored - f.let_in AS margin, f.let_in = 0 AS clean_sheet,
       CASE WHEN f.scored - f.let_in >= 4 THEN 30 WHEN f.scored > f.let_in THEN 20 WHEN f.scored = f.let_in THEN 10
            WHEN f.let_in - f.scored >= 4 THEN -20 ELSE -10 END + CASE WHEN f.let_in = 0 THEN 10 ELSE 0 END AS points
  FROM public.player_matches pm
  JOIN public.matches m ON m.id = pm.match_id
  JOIN public.seasons s ON s.id = m.season_id
 CROSS JOIN LATERAL (SELECT CASE pm.team WHEN 'A' THEN m.team_a_score ELSE m.team_b_score END AS scored,
                            CASE pm.team WHEN 'A' THEN m.team_b_score ELSE m.team_a_score END AS let_in) f;

---- 1 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_season_stats (
  season_id integer, player_id integer, games integer, wins integer, draws integer, losses integer, goals integer,
  clean_sheets integer, points integer, PRIMARY KEY (season_id, player_id));

CREATE TABLE IF NOT EXISTS public.aggregated_half_season_stats (
  season_id integer, half integer, player_id integer, games integer, wins integer, goals integer, points integer,
  PRIMARY KEY (season_id, half, player_id));

CREATE OR REPLACE FUNCTION public.update_half_and_full_season_stats() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_season_stats;
  INSERT INTO public.aggregated_season_stats
  SELECT season_id, player_id, count(*), count(*) FILTER (WHERE result = 'W'), count(*) FILTER (WHERE result = 'D'),
         count(*) FILTER (WHERE result = 'L'), sum(goals), count(*) FILTER (WHERE clean_sheet), sum(points)
    FROM public.player_results GROUP BY season_id, player_id;
  DELETE FROM public.aggregated_half_season_stats;
  INSERT INTO public.aggregated_half_season_stats
  SELECT season_id, half, player_id, count(*), count(*) FILTER (WHERE result = 'W'), sum(goals), sum(points)
    FROM public.player_results GROUP BY season_id, half, player_id;
END $$;

---- 2 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_all_time_stats (
  player_id integer PRIMARY KEY, games integer, wins integer, draws integer, losses integer, goals integer, clean_sheets integer,
  points integer, points_per_game numeric(6, 2), win_percent numeric(5, 1));

CREATE OR REPLACE FUNCTION public.update_aggregated_all_time_stats() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_all_time_stats;
  INSERT INTO public.aggregated_all_time_stats
  SELECT player_id, count(*), count(*) FILTER (WHERE result = 'W'), count(*) FILTER (WHERE result = 'D'),
         count(*) FILTER (WHERE result = 'L'), sum(goals), count(*) FILTER (WHERE clean_sheet), sum(points),
         round(avg(points), 2), round(100.0 * count(*) FILTER (WHERE result = 'W') / count(*), 1)
    FROM public.player_results GROUP BY player_id;
END $$;

---- 3 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_hall_of_fame (
  category text, place integer, player_id integer, value numeric, PRIMARY KEY (category, place));

-- The three best of each category; those of fewer than 30 games do not count.
CREATE OR REPLACE FUNCTION public.update_aggregated_hall_of_fame() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_hall_of_fame;
  INSERT INTO public.aggregated_hall_of_fame
  SELECT category, place, player_id, value
    FROM (SELECT v.category, t.player_id, v.value,
                 row_number() OVER (PARTITION BY v.category ORDER BY v.value DESC, t.player_id) AS place
            FROM (SELECT player_id, count(*) AS games, sum(goals) AS goals, sum(points) AS points,
                         100.0 * count(*) FILTER (WHERE result = 'W') / count(*) AS win_percent
                    FROM public.player_results GROUP BY player_id HAVING count(*) >= 30) t
           CROSS JOIN LATERAL (VALUES ('games', t.games::numeric), ('goals', t.goals), ('points', t.points),
                                      ('win_percent', round(t.win_percent, 1))) v (category, value)) ranked
   WHERE place <= 3;
END $$;

---- 4 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_recent_performance (
  player_id integer PRIMARY KEY, last_five text, goals integer, points integer);

CREATE OR REPLACE FUNCTION public.update_aggregated_recent_performance() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_recent_performance;
  INSERT INTO public.aggregated_recent_performance
  SELECT player_id, string_agg(result, '' ORDER BY played_on DESC), sum(goals), sum(points)
    FROM (SELECT r.*, row_number() OVER (PARTITION BY player_id ORDER BY played_on DESC) AS back
            FROM public.player_results r) recent
   WHERE back <= 5 GROUP BY player_id;
END $$;

---- 5 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_season_honours (
  season_id integer, honour text, player_id integer, value integer, PRIMARY KEY (season_id, honour));

CREATE TABLE IF NOT EXISTS public.aggregated_records (
  record text PRIMARY KEY, match_id integer, player_id integer, value integer);

CREATE OR REPLACE FUNCTION public.update_aggregated_season_honours_and_records() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_season_honours;
  INSERT INTO public.aggregated_season_honours
  SELECT DISTINCT ON (season_id, honour) season_id, honour, player_id, value
    FROM (SELECT season_id, player_id, sum(points) AS points, sum(goals) AS goals, count(*) AS games
            FROM public.player_results GROUP BY season_id, player_id) t
   CROSS JOIN LATERAL (VALUES ('champion', points), ('top scorer', goals), ('ever present', games)) v (honour, value)
   ORDER BY season_id, honour, value DESC, player_id;
  DELETE FROM public.aggregated_records;
  INSERT INTO public.aggregated_records
  (SELECT 'most goals in a match', match_id, player_id, goals FROM public.player_results ORDER BY goals DESC, played_on LIMIT 1)
  UNION ALL
  (SELECT 'biggest win', id, NULL, abs(team_a_score - team_b_score) FROM public.matches ORDER BY 4 DESC, id LIMIT 1)
  UNION ALL
  (SELECT 'most goals by both teams', id, NULL, team_a_score + team_b_score FROM public.matches ORDER BY 4 DESC, id LIMIT 1);
END $$;

---- 6 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_match_report (
  match_id integer PRIMARY KEY, played_on date, score text, scorers jsonb, milestones jsonb);

-- The matches of the newest season, with who scored and whose round number of games it was.
CREATE OR REPLACE FUNCTION public.update_aggregated_match_report_cache() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_match_report;
  INSERT INTO public.aggregated_match_report
  SELECT m.id, m.played_on, m.team_a_score || ':' || m.team_b_score,
         coalesce(jsonb_agg(jsonb_build_object('player', p.name, 'goals', n.goals) ORDER BY n.goals DESC, p.name)
                    FILTER (WHERE n.goals > 0), '[]'),
         coalesce(jsonb_agg(jsonb_build_object('player', p.name, 'games', n.games) ORDER BY p.name)
                    FILTER (WHERE n.games % 25 = 0), '[]')
    FROM public.matches m
    JOIN (SELECT match_id, player_id, goals, row_number() OVER (PARTITION BY player_id ORDER BY match_id) AS games
            FROM public.player_matches) n ON n.match_id = m.id
    JOIN public.players p ON p.id = n.player_id
   WHERE m.season_id = (SELECT max(season_id) FROM public.matches)
   GROUP BY m.id;
END $$;

---- 7 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_personal_bests (
  player_id integer PRIMARY KEY, goals_in_a_match integer, biggest_win integer, wins_in_a_row integer);

CREATE OR REPLACE FUNCTION public.update_aggregated_personal_bests() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_personal_bests;
  INSERT INTO public.aggregated_personal_bests
  SELECT r.player_id, max(r.goals), greatest(max(r.margin), 0), coalesce(max(s.wins), 0)
    FROM public.player_results r
    LEFT JOIN (SELECT player_id, max(n) AS wins
                 FROM (SELECT player_id, count(*) AS n
                         FROM (SELECT player_id, result, row_number() OVER (PARTITION BY player_id ORDER BY played_on)
                                 - row_number() OVER (PARTITION BY player_id, result ORDER BY played_on) AS island
                                 FROM public.player_results) islands
                        WHERE result = 'W' GROUP BY player_id, island) streaks
                GROUP BY player_id) s ON s.player_id = r.player_id
   GROUP BY r.player_id;
END $$;

---- 8 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_player_profile_stats (
  player_id integer PRIMARY KEY, first_played_on date, last_played_on date, attendance_percent numeric(5, 1),
  most_played_with integer, games_together integer);

CREATE OR REPLACE FUNCTION public.update_aggregated_player_profile_stats() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_player_profile_stats;
  INSERT INTO public.aggregated_player_profile_stats
  SELECT t.player_id, t.first_on, t.last_on,
         round(100.0 * t.games / (SELECT count(*) FROM public.matches m WHERE m.played_on BETWEEN t.first_on AND t.last_on), 1),
         mate.player_id, mate.games
    FROM (SELECT player_id, min(played_on) AS first_on, max(played_on) AS last_on, count(*) AS games
            FROM public.player_results GROUP BY player_id) t
    LEFT JOIN (SELECT DISTINCT ON (one.player_id) one.player_id AS of, other.player_id, count(*) AS games
                 FROM public.player_matches one
                 JOIN public.player_matches other
                   ON other.match_id = one.match_id AND other.team = one.team AND other.player_id <> one.player_id
                GROUP BY one.player_id, other.player_id
                ORDER BY one.player_id, count(*) DESC, other.player_id) mate ON mate.of = t.player_id;
END $$;

---- 9 ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_season_race_data (
  season_id integer, player_id integer, played_on date, points integer, PRIMARY KEY (season_id, player_id, played_on));

-- The points of each season as they grew, match by match.
CREATE OR REPLACE FUNCTION public.update_aggregated_season_race_data() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.aggregated_season_race_data;
  INSERT INTO public.aggregated_season_race_data
  SELECT season_id, player_id, played_on, sum(points) OVER (PARTITION BY season_id, player_id ORDER BY played_on)
    FROM public.player_results;
END $$;

---- 10 ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS public.aggregated_player_power_ratings (
  player_id integer PRIMARY KEY, rating numeric(7, 1), games integer);

-- Elo over all matches in their order: what a team is worth is the mean of its players.
CREATE OR REPLACE FUNCTION public.update_power_ratings() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  match record;
  change double precision;
BEGIN
  CREATE TEMPORARY TABLE rating ON COMMIT DROP AS
  SELECT id AS player_id, double precision '1000' AS value, 0 AS games FROM public.players;
  FOR match IN
    SELECT m.id, CASE WHEN team_a_score > team_b_score THEN 1.0 WHEN team_a_score = team_b_score THEN 0.5 ELSE 0.0 END AS a_won
      FROM public.matches m ORDER BY played_on
  LOOP
    SELECT 32 * (match.a_won - 1 / (1 + power(10, (avg(r.value) FILTER (WHERE pm.team = 'B')
                                                   - avg(r.value) FILTER (WHERE pm.team = 'A')) / 400))) INTO change
      FROM public.player_matches pm JOIN rating r USING (player_id) WHERE pm.match_id = match.id;
    UPDATE rating r SET value = r.value + CASE pm.team WHEN 'A' THEN change ELSE -change END, games = r.games + 1
      FROM public.player_matches pm WHERE pm.match_id = match.id AND pm.player_id = r.player_id;
  END LOOP;
  DELETE FROM public.aggregated_player_power_ratings;
  INSERT INTO public.aggregated_player_power_ratings SELECT player_id, value, games FROM rating WHERE games > 0;
END $$;

SELECT millrace.seed_background_worker('stats_update', '{"enabled": true}');
