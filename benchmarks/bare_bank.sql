-- What a full diagnosis of the bank cannot do without, written by hand for one engine: one scan
-- with every column that is read, the duplicate check, the outcome join, action and truth, then
-- one grouped query for each thing that is told. $decisions and $outcomes are replaced by paths.

CREATE TEMP TABLE d AS
SELECT hash(decision_id) AS id, person_id, population, team, decided_at,
       CASE WHEN NOT consulted THEN 'not_consulted' WHEN recommendation = choice THEN 'followed'
            ELSE 'overridden' END AS action,
       recommendation, choice, confidence, override_reason, stakes, path, steps, surface,
       abandoned, substitution, load, visible, model_version, x_segment,
       delivered_at > needed_by AS late
FROM read_parquet('$decisions')
WHERE person_id IS NOT NULL AND decided_at IS NOT NULL;

SELECT count(*) - count(DISTINCT id) AS duplicates FROM d;

CREATE TEMP TABLE j AS
SELECT d.*, o.truth_probability AS p, o.value,
       d.recommendation = o.correct_choice AS ok, d.choice = o.correct_choice AS chosen
FROM d
LEFT JOIN (SELECT hash(decision_id) AS id, correct_choice, truth_probability, value
           FROM read_parquet('$outcomes')) o USING (id);

SELECT quantile_cont(confidence, [0.2, 0.4, 0.6, 0.8]) FROM j;

SELECT population, date_trunc('week', decided_at) AS week, count(*) AS n, sum((action <> 'not_consulted')::INT),
       sum((action = 'overridden')::INT) FROM j GROUP BY ALL;
SELECT n.team, sum(k), sum(k * k), sum(k * m), sum(m * m) FROM
  (SELECT team, person_id, count(*) AS m, sum((action <> 'not_consulted')::INT) AS k FROM j GROUP BY ALL) n GROUP BY ALL;
SELECT n.population, sum(k), sum(k * k), sum(k * m), sum(m * m) FROM
  (SELECT population, person_id, count(*) AS m, sum((action <> 'not_consulted')::INT) AS k FROM j GROUP BY ALL) n GROUP BY ALL;
SELECT n.week, sum(k), sum(k * k), sum(k * m), sum(m * m) FROM
  (SELECT date_trunc('week', decided_at) AS week, person_id, count(*) AS m, sum((action <> 'not_consulted')::INT) AS k FROM j GROUP BY ALL) n GROUP BY ALL;
SELECT n.x_segment, sum(k), sum(k * k), sum(k * m), sum(m * m) FROM
  (SELECT x_segment, person_id, count(*) AS m, sum((action <> 'not_consulted')::INT) AS k FROM j GROUP BY ALL) n GROUP BY ALL;
SELECT n.stakes, sum(k), sum(k * k), sum(k * m), sum(m * m) FROM
  (SELECT stakes, person_id, count(*) AS m, sum((action <> 'not_consulted')::INT) AS k FROM j GROUP BY ALL) n GROUP BY ALL;
SELECT n.band, sum(k), sum(k * k), sum(k * m), sum(m * m) FROM
  (SELECT round(confidence, 1) AS band, person_id, count(*) AS m, sum((action <> 'not_consulted')::INT) AS k FROM j GROUP BY ALL) n GROUP BY ALL;
SELECT population, x_segment, override_reason, count(*) FROM j WHERE action = 'overridden' GROUP BY ALL;

SELECT population, person_id, date_diff('day', decided_at, TIMESTAMP '2026-01-01') // 28 AS w, stakes,
       count(*), sum((action <> 'not_consulted')::INT), sum((action = 'overridden')::INT),
       sum((ok AND action = 'followed')::INT) FROM j GROUP BY ALL;
SELECT population, person_id, x_segment, count(*), count(ok), sum((NOT ok)::INT / p),
       sum((action = 'overridden' AND chosen)::INT) FROM j GROUP BY ALL;
SELECT population, person_id, sum(1 / p), sum(chosen::INT / p), sum(ok::INT / p)
FROM j WHERE action <> 'not_consulted' AND ok IS NOT NULL GROUP BY ALL;
SELECT person_id, sum((ok AND action = 'followed')::INT / p), sum((NOT ok AND action = 'overridden')::INT / p)
FROM j GROUP BY ALL;

SELECT x_segment, stakes, round(confidence, 1), count(*), sum((action = 'followed')::INT), sum(chosen::INT / p)
FROM j WHERE action <> 'not_consulted' AND ok IS NOT NULL GROUP BY ALL;
SELECT person_id, sum(chosen::INT / p), sum((action = 'followed')::INT)
FROM j WHERE action <> 'not_consulted' AND ok IS NOT NULL GROUP BY ALL;

SELECT population, person_id, sum(value * (NOT chosen)::INT / p), sum(value * (NOT ok)::INT / p),
       sum(CASE WHEN action = 'not_consulted' THEN value * (ok::INT - chosen::INT) / p END) FROM j GROUP BY ALL;

CREATE TEMP TABLE o AS SELECT person_id, population, x_segment, stakes, round(confidence, 1) AS band,
       chosen::INT - ok::INT AS gain, p FROM j WHERE action = 'overridden' AND ok IS NOT NULL;
SELECT person_id, x_segment, count(*), sum(gain / p) FROM o GROUP BY ALL;
SELECT person_id, stakes, count(*), sum(gain / p) FROM o GROUP BY ALL;
SELECT person_id, band, count(*), sum(gain / p) FROM o GROUP BY ALL;
SELECT person_id, x_segment, stakes, count(*), sum(gain / p) FROM o GROUP BY ALL;
SELECT person_id, x_segment, band, count(*), sum(gain / p) FROM o GROUP BY ALL;
SELECT person_id, stakes, band, count(*), sum(gain / p) FROM o GROUP BY ALL;
SELECT x_segment, stakes, round(confidence, 1), count(*), sum((NOT ok)::INT / p) FROM j GROUP BY ALL;

WITH few AS (SELECT DISTINCT person_id FROM j ORDER BY 1 LIMIT 2000),
w AS (SELECT person_id, population, ok, (action <> 'not_consulted')::INT AS looked,
        avg((action <> 'not_consulted')::INT) OVER (b ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING) AS earlier,
        avg((action <> 'not_consulted')::INT) OVER (b ROWS BETWEEN 1 FOLLOWING AND 10 FOLLOWING) AS later
      FROM j SEMI JOIN few USING (person_id) WINDOW b AS (PARTITION BY person_id ORDER BY decided_at))
SELECT population, person_id, ok, count(*), sum(earlier - later) FROM w WHERE looked = 1 AND ok IS NOT NULL GROUP BY ALL;

SELECT hash(person_id) % 50 AS g, population, x_segment, stakes, load, late, surface, visible, substitution,
       count(*), sum((action <> 'not_consulted')::INT) FROM j GROUP BY ALL;
SELECT population, substitution, visible, load, count(*), sum(abandoned::INT), sum((late AND action = 'not_consulted')::INT)
FROM j GROUP BY ALL;
SELECT population, action <> 'not_consulted', steps, count(*) FROM j GROUP BY ALL;
