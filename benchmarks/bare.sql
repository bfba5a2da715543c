-- What a full diagnosis cannot do without, written by hand for one engine: one scan, the
-- duplicate check, the outcome join, weekly cells, covariate cells, sums per person.
-- $decisions and $outcomes are replaced by the paths of two Parquet files.

CREATE TEMP TABLE d AS
SELECT hash(decision_id) AS id, person_id, population, decided_at, consulted,
       recommendation = choice AS followed, x_difficulty, x_segment, x_region
FROM read_parquet('$decisions')
WHERE person_id IS NOT NULL AND decided_at IS NOT NULL;

SELECT count(*) - count(DISTINCT id) AS duplicates FROM d;

CREATE TEMP TABLE j AS
SELECT d.*, o.outcome
FROM d LEFT JOIN (SELECT hash(decision_id) AS id, outcome FROM read_parquet('$outcomes')) o USING (id);

SELECT population, date_trunc('week', decided_at) AS week, count(*) AS n,
       sum(consulted::INT) AS seen, sum((consulted AND followed)::INT) AS followed
FROM j GROUP BY ALL;

SELECT x_difficulty, x_segment, x_region, count(*) AS n, sum(followed::INT) AS n1,
       sum(outcome) AS y, sum(CASE WHEN followed THEN outcome END) AS y1
FROM j WHERE consulted AND outcome IS NOT NULL GROUP BY ALL;

SELECT person_id, count(*) AS n, sum(consulted::INT) AS seen,
       sum((consulted AND followed)::INT) AS followed, sum(outcome) AS y
FROM j GROUP BY ALL;
