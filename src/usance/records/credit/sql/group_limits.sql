-- Limits that several lines share. Everything is converted at the seller's stored rate of the day.

CREATE OR REPLACE FUNCTION credit_exponent(code text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- ISO 4217: currencies without minor units, and those with three decimals.
    SELECT CASE WHEN code IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF',
                              'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
                WHEN code IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
                ELSE 2 END
$$;

-- What one unit of `source` is worth in `target` on a day: the latest rate, or the reverse of the
-- latest the other way round. NULL if neither is known. Both ways rest on the same row, of rows
-- written together too: otherwise what fits one way would not fit back.
CREATE OR REPLACE FUNCTION credit_rate(seller uuid, source text, target text, day date)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN source = target THEN 1 ELSE (
        SELECT r.rate FROM (
            (SELECT x.rate, x."on", x.created_at, x.id FROM credit_exchangerate AS x
              WHERE x.seller_id = seller AND x.source = credit_rate.source
                AND x.target = credit_rate.target AND x."on" <= day
              ORDER BY x."on" DESC, x.created_at DESC, x.id DESC LIMIT 1)
            UNION ALL
            (SELECT 1 / x.rate, x."on", x.created_at, x.id FROM credit_exchangerate AS x
              WHERE x.seller_id = seller AND x.source = credit_rate.target
                AND x.target = credit_rate.source AND x."on" <= day
              ORDER BY x."on" DESC, x.created_at DESC, x.id DESC LIMIT 1)
        ) AS r ORDER BY r."on" DESC, r.created_at DESC, r.id DESC LIMIT 1) END
$$;

-- Minor units of one currency in minor units of another, unrounded; NULL without a rate.
CREATE OR REPLACE FUNCTION credit_converted(
    seller uuid, amount numeric, source text, target text, day date)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT amount * credit_rate(seller, source, target, day)
           * power(10::numeric, credit_exponent(target) - credit_exponent(source))
$$;

-- What the lines of a group use together, in minor units of its currency, rounded up. NULL where a
-- line that uses anything cannot be converted.
CREATE OR REPLACE FUNCTION credit_group_used(seller uuid, group_ uuid, day date)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN bool_or(used IS NULL) THEN NULL ELSE coalesce(sum(ceil(used)), 0)::bigint END
      FROM (SELECT CASE WHEN x.exposure = 0 THEN 0
                        ELSE credit_converted(seller, x.exposure, x.currency, x.target, day) END AS used
              FROM (SELECT l.currency, g.currency AS target,
                           l.commitments + l.receivable + l.external - l.unapplied_cash AS exposure
                      FROM credit_creditline AS l
                      JOIN credit_grouplimit AS g ON g.id = l.group_id AND g.seller_id = l.seller_id
                     WHERE l.seller_id = seller AND l.group_id = group_) AS x) AS converted
$$;

-- What is left under the group's limit, in minor units of its currency; -1 where nothing may be
-- drawn: on hold, or not to be converted.
CREATE OR REPLACE FUNCTION credit_group_room(seller uuid, group_ uuid, day date)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN g.state <> 'active' THEN -1
                ELSE coalesce(g."limit" + g.tolerance - credit_group_used(seller, group_, day), -1) END
      FROM credit_grouplimit AS g WHERE g.seller_id = seller AND g.id = group_
$$;
