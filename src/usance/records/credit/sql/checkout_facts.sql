-- Everything a checkout must know, for any number of questions at once:
--   [{seller_id, buyer_id, external_id, currency, base, at, on, key, reference, order_id}]
-- `base` is the seller's own currency, in which policies compare amounts.
-- A function for the sake of its plan, which is made once for a session: planning the query takes
-- several times longer than running it. The settings keep to index look-ups, which is right for one
-- question and for a thousand.

DROP FUNCTION IF EXISTS credit_checkout_facts(jsonb);

CREATE FUNCTION credit_checkout_facts(questions jsonb)
RETURNS TABLE (
    buyer_id uuid, policy_id uuid, line_id uuid, line_state text, terms text[], line_limit bigint,
    tolerance bigint, commitments bigint, receivable bigint, external bigint, unapplied_cash bigint,
    oldest_due_on date, request_hash bytea, status smallint, body text,
    country text, buyer_group text, known_since timestamptz, ordering_rules boolean,
    group_id uuid, group_available bigint, tier text, insured_limit bigint, rate numeric,
    shadow_id uuid, standing text, ship_tos text[], secured bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT b.id, p.policy_id, l.id, l.state::text, l.terms::text[], l."limit", l.tolerance,
           l.commitments, l.receivable, l.external, l.unapplied_cash, due.due_on, i.request_hash,
           i.status, i.body, b.country::text, b."group"::text, b.created_at, b.ordering_rules,
           l.group_id,
           CASE WHEN l.group_id IS NOT NULL THEN coalesce((
                SELECT floor(credit_converted(q.seller_id,
                             credit_group_room(q.seller_id, l.group_id, q."on"),
                             g.currency, q.currency, q."on"))::bigint
                  FROM credit_grouplimit AS g
                 WHERE g.seller_id = q.seller_id AND g.id = l.group_id), -1) END,
           l.tier::text,
           CASE WHEN l.insured_until IS NULL OR l.insured_until >= q."on" THEN l.insured_limit END,
           CASE WHEN q.currency <> q.base
                THEN credit_rate(q.seller_id, q.currency, q.base, q."on") END,
           CASE WHEN t.mode = 'shadow' THEN t.policy_id END,
           s.facts::text, s.ship_tos::text[],
           CASE WHEN l.secured > 0
                THEN credit_secured(q.seller_id, b.id, q.currency, q.reference, q.order_id) ELSE 0 END
      FROM ROWS FROM (jsonb_to_recordset(questions) AS (
               seller_id uuid, buyer_id uuid, external_id text, currency text, base text,
               at timestamptz, "on" date, key text, reference text, order_id uuid)
           ) WITH ORDINALITY AS q(seller_id, buyer_id, external_id, currency, base, at, "on", key,
                                  reference, order_id, n)
      LEFT JOIN LATERAL (
           SELECT id, country, "group", created_at, ordering_rules FROM parties_buyer
            WHERE seller_id = q.seller_id AND id = q.buyer_id
           UNION ALL
           SELECT id, country, "group", created_at, ordering_rules FROM parties_buyer
            WHERE seller_id = q.seller_id AND external_id = q.external_id AND q.buyer_id IS NULL
           LIMIT 1) AS b ON true
      LEFT JOIN LATERAL (
           SELECT policy_id, needs_standing FROM credit_policyrelease
            WHERE seller_id = q.seller_id AND mode = 'live' AND effective_at <= q.at
            ORDER BY effective_at DESC, id DESC LIMIT 1) AS p ON true
      LEFT JOIN LATERAL (
           SELECT policy_id, mode, needs_standing FROM credit_policyrelease
            WHERE seller_id = q.seller_id AND mode <> 'live' AND effective_at <= q.at
            ORDER BY effective_at DESC, id DESC LIMIT 1) AS t ON true
      LEFT JOIN credit_standing AS s
           ON s.seller_id = q.seller_id AND s.buyer_id = b.id
              AND (p.needs_standing OR (t.mode = 'shadow' AND t.needs_standing))
      LEFT JOIN credit_creditline AS l
           ON l.seller_id = q.seller_id AND l.buyer_id = b.id AND l.currency = q.currency
      LEFT JOIN LATERAL (
           -- An invoice in instalments falls due before its last day.
           SELECT least(
               (SELECT due_on FROM invoices_invoice
                 WHERE seller_id = q.seller_id AND buyer_id = b.id AND currency = q.currency
                   AND state = 'open'
                 ORDER BY due_on LIMIT 1),
               (SELECT instalment_due_on FROM invoices_invoice
                 WHERE seller_id = q.seller_id AND buyer_id = b.id AND currency = q.currency
                   AND state = 'open' AND instalment_due_on IS NOT NULL
                 ORDER BY instalment_due_on LIMIT 1)) AS due_on) AS due ON true
      LEFT JOIN events_idempotencyrecord AS i ON i.seller_id = q.seller_id AND i.key = q.key
     ORDER BY q.n;
END
$$;
